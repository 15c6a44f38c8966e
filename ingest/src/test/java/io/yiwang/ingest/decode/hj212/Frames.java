package io.yiwang.ingest.decode.hj212;

import java.nio.charset.StandardCharsets;

/** Frames of the standard, of the field, and made here. */
public final class Frames {
    /** HJ 212-2017: sets the interval of realtime data. */
    public static final String SET_INTERVAL =
            "##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80";
    /** Field: waste water with the times of samples. */
    public static final String WASTE_WATER =
            "##0457QN=20210320163101890;ST=32;CN=2011;PW=123456;MN=81733553213013;Flag=4;CP=&&DataTime=20210320013400;"
                    + "w00000-Rtd=181.682,w00000-Flag=N;w21001-SampleTime=20210320005400,w21001-Rtd=45.160,w21001-Flag=N;"
                    + "w21011-SampleTime=20210320013400,w21011-Rtd=1.970,w21011-Flag=N;w21003-SampleTime=20210320013400,"
                    + "w21003-Rtd=53.131,w21003-Flag=N;w01018-SampleTime=20210320013400,w01018-Rtd=194.200,w01018-Flag=N;"
                    + "w01001-SampleTime=20210320013406,w01001-Rtd=7.496,w01001-Flag=N&&6E80";
    /** Field: ambient air and position, Flag before Rtd here and there. */
    public static final String AIR =
            "##0344QN=20220928142812336;ST=22;CN=2011;PW=123456;MN=JSRCTD000YD107;Flag=5;CP=&&DataTime=20220928142812;"
                    + "l01001-Flag=N,l01001-Rtd=119.90287;l01002-Flag=N,l01002-Rtd=32.48505;a34002-Rtd=5,a34002-Flag=N;"
                    + "a34004-Rtd=4,a34004-Flag=N;a21026-Rtd=22.25,a21026-Flag=N;a21004-Rtd=22.7,a21004-Flag=N;"
                    + "a21005-Rtd=0.36,a21005-Flag=N;a05024-Rtd=8.82,a05024-Flag=N&&9241";
    /** Field: says 2017 and carries Modbus' checksum; annex A gives A441. No QN. */
    public static final String MODBUS =
            "##0137ST=32;CN=2011;PW=123456;MN=C201801010001;Flag=5;CP=&&DataTime=20180611090000;"
                    + "a34002-Rtd=30.1,a34002-Flag=N;a21026-Rtd=0.5,a21026-Flag=N&&ED94";

    public static final String STATES =
            "##0137QN=20260115081500124;ST=32;CN=2021;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&"
                    + "DataTime=20260115081500;SB1-RS=1;SB2-RS=0;SB3-RS=4&&3840";
    public static final String RUN_HOURS =
            "##0148QN=20260116000000001;ST=32;CN=2041;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&"
                    + "DataTime=20260115000000;SB1-RT=23.50;SB2-RT=0.00;SB3-RT=18.75&&3840";
    public static final String MINUTE =
            "##0270QN=20260115081000001;ST=32;CN=2051;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&"
                    + "DataTime=20260115080000;w00000-Cou=109.5,w00000-Min=176.2,w00000-Avg=182.5,w00000-Max=190.4,w00000-Flag=N;"
                    + "w01018-Cou=2.56,w01018-Min=23.4,w01018-Avg=23.4,w01018-Max=23.4,w01018-Flag=N&&5440";
    public static final String DUST =
            "##0340QN=20260115081500125;ST=39;CN=2011;PW=123456;MN=010000A8900016F000169DC1;Flag=5;CP=&&"
                    + "DataTime=20260115081500;a34002-Rtd=96.0,a34002-Flag=N;a34004-Rtd=41.0,a34004-Flag=N;"
                    + "a34001-Rtd=188.0,a34001-Flag=N;LA-Rtd=63.4,LA-Flag=N;a01001-Rtd=3.1,a01001-Flag=N;"
                    + "a01002-Rtd=46.0,a01002-Flag=N;a01007-Rtd=2.4,a01007-Flag=N;a01008-Rtd=310,a01008-Flag=N&&B101";
    public static final String DATA_ANSWER =
            "##0087QN=20260115081500123;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&4DC0";
    /** 2025. */
    public static final String HEARTBEAT =
            "##0087QN=20260115081530000;ST=91;CN=9015;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&AA01";

    private Frames() {}

    /** A frame with the standard's checksum around a segment. */
    public static byte[] of(String segment) {
        return of(segment, Checksum.ANNEX_A);
    }

    public static byte[] of(String segment, Checksum checksum) {
        var bytes = segment.getBytes(StandardCharsets.UTF_8);
        return framed(bytes, bytes.length, checksum);
    }

    /** A frame whose length says {@code length}. */
    static byte[] framed(byte[] segment, int length, Checksum checksum) {
        var head = "##%04d".formatted(length).getBytes(StandardCharsets.UTF_8);
        var tail = "%04X\r\n".formatted(checksum.of(segment, 0, segment.length)).getBytes(StandardCharsets.UTF_8);
        var frame = new byte[head.length + segment.length + tail.length];
        System.arraycopy(head, 0, frame, 0, head.length);
        System.arraycopy(segment, 0, frame, head.length, segment.length);
        System.arraycopy(tail, 0, frame, head.length + segment.length, tail.length);
        return frame;
    }

    /** A frame of a data area under a usual head. */
    public static byte[] data(String command, String area) {
        return of("QN=20260115081500000;ST=32;CN=" + command + ";PW=123456;MN=M1;Flag=5;CP=&&" + area + "&&");
    }
}
