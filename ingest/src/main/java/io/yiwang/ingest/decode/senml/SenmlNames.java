package io.yiwang.ingest.decode.senml;

/** Says whom and what a SenML name means: the standard makes a name unique in the world and leaves its parts to those who use it. */
@FunctionalInterface
public interface SenmlNames {
    /**
     * @param device whose value it is; empty = the sender's own
     * @param point what that device calls it
     */
    record Meaning(String device, String point) {}

    /**
     * @param sender id or external id of the device whose topic it came on
     * @param name base name and name together
     */
    Meaning of(String sender, String name);
}
