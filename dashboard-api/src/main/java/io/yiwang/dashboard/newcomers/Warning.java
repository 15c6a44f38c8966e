package io.yiwang.dashboard.newcomers;

import io.yiwang.model.domain.Name;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Device;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What whoever decides should look at first. */
record Warning(Code code, Name sentence) {
    enum Code {
        SEVERAL_SECRETS(
                "以此名称出示过 %1$s 个不同的密钥：可能有人冒用，请核对后选定一个",
                "%1$s different secrets were shown under this name: somebody may be using it falsely; check which is the device's and choose it"),
        SEVERAL_ADDRESSES("来自 %1$s 个不同的地址", "it came from %1$s different addresses"),
        SHORT_SECRET(
                "出示的密钥太短，容易被猜出：建议改为签发新密钥",
                "the secret that it showed is short and can be guessed: better issue a new one"),
        NO_SECRET("没有出示密钥：接入需签发新密钥", "it showed no secret: letting it in takes a new one"),
        INVALID_ID(
                "编号不符合 %1$s，不能直接接入：请改设备的编号，或（经网关、数采仪接入时）给它另取编号",
                "the id does not match %1$s and cannot be accepted as it is: change it at the device or, behind a gateway or logger, give it another"),
        WRONG_USER_NAME(
                "MQTT 用户名是 “%1$s”，应与客户端编号相同：接入后也会被拒，请先改设备",
                "its MQTT user name is '%1$s' and must be its client id: it would be refused even then; change it at the device"),
        OTHER_CERTIFICATE(
                "证书属于 %1$s，与编号不符：接入后也会被拒，请换用该设备自己的证书",
                "its certificate is that of %1$s, not of this id: it would be refused even then; give it a certificate of its own"),
        WRONG_SECRET(
                "台账已有此设备，出示的密钥不对：若是更换了设备，可一步换发；否则请忽略",
                "the ledger has this device, and the secret is not its own: if the device was swapped, one decision gives it the new one; otherwise dismiss it"),
        NO_CREDENTIAL(
                "台账已有此设备，但没有密钥：已被吊销，或从未签发",
                "the ledger has this device, without a credential: it was revoked, or never had one");

        private final String zh;
        private final String en;

        Code(String zh, String en) {
            this.zh = zh;
            this.en = en;
        }
    }

    static List<Warning> of(Knocker knocker, @Nullable Device known) {
        var warnings = new ArrayList<Warning>();
        boolean broker = knocker.door().equals(Knocker.BRIDGE);
        if (known != null && !broker) {
            warnings.add(of(known.hasCredential() ? Code.WRONG_SECRET : Code.NO_CREDENTIAL));
        }
        if (knocker.secrets() > 1) {
            warnings.add(of(
                    Code.SEVERAL_SECRETS,
                    knocker.otherAttempts() > 0 ? "> " + (knocker.secrets() - 1) : String.valueOf(knocker.secrets())));
        }
        if (knocker.addresses().size() > 1) {
            warnings.add(of(Code.SEVERAL_ADDRESSES, knocker.addresses().size()));
        }
        if (known == null && !Ids.isValid(knocker.id())) {
            warnings.add(of(Code.INVALID_ID, Ids.ID));
        }
        if (!knocker.user().isEmpty() && knocker.door().equals(Knocker.MQTT)) {
            warnings.add(of(Code.WRONG_USER_NAME, Plain.text(knocker.user())));
        }
        // A data logger's password cannot be longer.
        if (!knocker.door().equals(Knocker.HJ212) && knocker.showings().stream().anyMatch(Knocker.Shown::shortSecret)) {
            warnings.add(of(Code.SHORT_SECRET));
        }
        if (!broker
                && knocker.secrets() == 0
                && knocker.showings().get(0).certificate().isEmpty()) {
            warnings.add(of(Code.NO_SECRET));
        }
        var certificate = knocker.showings().get(0).certificate();
        if (!certificate.isEmpty()
                && Arrays.stream(certificate.split(","))
                        .noneMatch(part -> part.strip().equals("CN=" + knocker.id()))) {
            warnings.add(of(Code.OTHER_CERTIFICATE, Plain.text(certificate)));
        }
        return warnings;
    }

    private static Warning of(Code code, Object... words) {
        return new Warning(
                code, new Name(String.format(Locale.ROOT, code.zh, words), String.format(Locale.ROOT, code.en, words)));
    }
}
