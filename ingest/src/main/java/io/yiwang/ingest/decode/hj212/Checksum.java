package io.yiwang.ingest.decode.hj212;

import java.util.Optional;

/**
 * The two checksums that devices write behind a segment, as four hexadecimal digits, high byte first.
 *
 * <p>They differ in one place: annex A of HJ 212 shifts the register before it takes in a byte and so throws the low byte away; Modbus
 * RTU does not. The first has only 256 results and overlooks one random error in about 270, so grammar, length and ranges must hold
 * behind it.
 */
public enum Checksum {
    /** HJ 212-2017, annex A. */
    ANNEX_A,
    /** Modbus RTU CRC-16, which many loggers send instead. */
    MODBUS;

    private static final int POLYNOMIAL = 0xA001;

    /** Of {@code bytes[from, to)}; 0 to 0xFFFF. */
    public int of(byte[] bytes, int from, int to) {
        int register = 0xFFFF;
        for (int i = from; i < to; i++) {
            int octet = bytes[i] & 0xFF;
            register = (this == ANNEX_A ? register >>> 8 : register) ^ octet;
            for (int bit = 0; bit < 8; bit++) {
                int lowest = register & 1;
                register >>>= 1;
                if (lowest == 1) {
                    register ^= POLYNOMIAL;
                }
            }
        }
        return register;
    }

    /** Which of them gives {@code said}; that of the standard when both do. */
    static Optional<Checksum> matching(byte[] bytes, int from, int to, int said) {
        if (ANNEX_A.of(bytes, from, to) == said) {
            return Optional.of(ANNEX_A);
        }
        return MODBUS.of(bytes, from, to) == said ? Optional.of(MODBUS) : Optional.empty();
    }
}
