package io.yiwang.launcher;

import java.net.URI;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code certificate}: a client certificate by which a device of the ledger connects over TLS, without a secret. */
@Command(
        name = "certificate",
        description = "Makes a client certificate for a device of the ledger, for MQTT over TLS.",
        mixinStandardHelpOptions = true)
final class CertificateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DEVICE", description = "id of the device in the asset ledger")
    String device;

    @Mixin
    DataOption dataOption;

    @Override
    public Integer call() {
        var data = dataOption.folder();
        var authority = MqttAuthority.of(data);
        var known = authority.inLedger(device);
        if (!known.hasCredential()) {
            throw new Refusal("The device " + device
                    + " has no credential, so it may not connect, with or without certificate. Give it one: "
                    + "POST /api/devices/" + device + "/credential (docs/security.md); then ask again.");
        }
        var issued = authority.issue(device);
        var mqtts = data.state().map(state -> state.address("mqtts")).orElse("ssl://127.0.0.1:8883");
        var address = URI.create(mqtts);
        System.out.println("Certificate of " + device + ", valid until "
                + issued.until().atOffset(ZoneOffset.UTC).toLocalDate() + ":");
        System.out.println("  PKCS12       " + issued.store());
        System.out.println("  its password " + issued.passwordFile());
        System.out.println("  PEM          " + issued.certificate());
        System.out.println("  key          " + issued.key() + "  (secret: hand it to the device only)");
        System.out.println(
                "  authority    " + MqttAuthority.certificate(data) + "  (the device needs it to believe the door)");
        System.out.println("Try it:");
        System.out.println("  mosquitto_pub -V 5 -q 1 -h " + address.getHost() + " -p " + address.getPort()
                + " --cafile " + MqttAuthority.certificate(data) + " --cert " + issued.certificate() + " --key "
                + issued.key() + " -i " + device + " -t " + known.telemetryTopic()
                + " -m \"{\\\"ts\\\": $(date +%s%3N), \\\"values\\\": {\\\"METRIC\\\": 1.5}}\"");
        return 0;
    }
}
