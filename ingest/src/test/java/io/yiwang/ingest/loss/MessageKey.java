package io.yiwang.ingest.loss;

/** Identity of a message: the same in the ledger of the devices, in the payload and in Kafka. */
record MessageKey(String device, String boot, long seq) {
    @Override
    public String toString() {
        return device + ":" + boot + ":" + seq;
    }
}
