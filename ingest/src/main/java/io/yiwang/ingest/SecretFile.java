package io.yiwang.ingest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/**
 * Files with a secret in them: passwords and private keys. One that everybody on the machine can read is refused, because then it is
 * none. A group may read: that is how container platforms hand secrets to a program.
 */
public final class SecretFile {
    private static final Set<PosixFilePermission> NOBODY_ELSE = EnumSet.of(
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.GROUP_WRITE);

    private SecretFile() {}

    /**
     * The file's first line.
     *
     * @param option by which the file was named, for what is said when it cannot be used
     */
    public static String read(String option, Path file) {
        check(option, file);
        try {
            var text = Files.readString(file).strip();
            if (text.isEmpty() || text.indexOf('\n') >= 0) {
                throw new IllegalArgumentException(
                        option + " " + file + " holds " + (text.isEmpty() ? "nothing" : "several lines")
                                + "; write the secret into it, and nothing else");
            }
            return text;
        } catch (IOException e) {
            throw new IllegalArgumentException(option + " " + file + " cannot be read: " + e, e);
        }
    }

    /** Refuses a file that is not there or that others can read or write. */
    public static void check(String option, Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(option + " " + file + " is not there; name a file that exists");
        }
        try {
            var open = EnumSet.copyOf(NOBODY_ELSE);
            open.retainAll(Files.getPosixFilePermissions(file));
            if (!open.isEmpty()) {
                throw new IllegalArgumentException(option + " " + file
                        + " can be read or changed by other users of this machine; run 'chmod 600 " + file + "'");
            }
        } catch (UnsupportedOperationException e) {
            // A file system without owners cannot keep it from anybody; there is nothing to ask of it.
        } catch (IOException e) {
            throw new IllegalArgumentException(option + " " + file + " cannot be looked at: " + e, e);
        }
    }
}
