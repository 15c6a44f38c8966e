package io.yiwang.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretFileTest {
    @TempDir
    private Path folder;

    private Path file(String permissions, String text) throws IOException {
        var file = Files.writeString(folder.resolve("secret"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw----r--", "rw-----w-", "rw--w----", "rwxrwxrwx"})
    void whatOthersCanReadOrAnyoneElseCanWriteIsRefusedWithWhatToDo(String permissions) throws IOException {
        var file = file(permissions, "open sesame");
        assertThatThrownBy(() -> SecretFile.read("--key-file", file))
                .hasMessageContaining("--key-file")
                .hasMessageContaining("chmod 600 " + file)
                .hasMessageNotContaining("sesame");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------", "r--r-----"})
    void whatOnlyTheOwnerOrItsGroupReadsIsTaken(String permissions) throws IOException {
        var file = file(permissions, "open sesame\n");
        assertThatCode(() -> SecretFile.check("--key-file", file)).doesNotThrowAnyException();
        assertThat(SecretFile.read("--key-file", file)).isEqualTo("open sesame");
    }

    @Test
    void aLinkIsAsSecretAsWhatItLeadsTo() throws IOException {
        var link = Files.createSymbolicLink(folder.resolve("link"), file("rw-r--r--", "x"));
        assertThatThrownBy(() -> SecretFile.read("--key-file", link)).hasMessageContaining("chmod 600");
    }

    @Test
    void aFileThatHoldsNoOneSecretIsRefused() throws IOException {
        var empty = file("rw-------", "\n");
        assertThatThrownBy(() -> SecretFile.read("--key-file", empty)).hasMessageContaining("holds nothing");
        var two = file("rw-------", "one\ntwo\n");
        assertThatThrownBy(() -> SecretFile.read("--key-file", two)).hasMessageContaining("several lines");
        assertThatThrownBy(() -> SecretFile.read("--key-file", folder.resolve("gone")))
                .hasMessageContaining("is not there");
    }
}
