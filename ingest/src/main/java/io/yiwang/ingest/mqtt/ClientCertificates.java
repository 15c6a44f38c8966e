package io.yiwang.ingest.mqtt;

/** Whether devices show a certificate when they connect by TLS. */
public enum ClientCertificates {
    /** They are not asked; user and secret tell who they are. */
    NONE,
    /** Who shows one is known by it, who does not needs user and secret. */
    OPTIONAL,
    /** Without one there is no connection by TLS. */
    REQUIRED
}
