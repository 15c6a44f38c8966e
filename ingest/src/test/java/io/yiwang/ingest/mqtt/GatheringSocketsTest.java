package io.yiwang.ingest.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GatheringSocketsTest {
    private ServerSocket server;
    private Socket ours;
    private Socket theirs;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ours = new GatheringSockets().createSocket(server.getInetAddress(), server.getLocalPort());
        theirs = server.accept();
    }

    @AfterEach
    void close() throws IOException {
        ours.close();
        theirs.close();
        server.close();
    }

    @Test
    void everythingIsReadInOrderWhateverItsSize() throws Exception {
        var sent = new byte[400_000];
        new Random(7).nextBytes(sent);
        int[] sizes = {1, 4, 4, 4, 4, 5_000, 12_000, 90_000, 2, 4};
        var writer = new Thread(() -> {
            try {
                for (int at = 0, i = 0; at < sent.length; i++) {
                    int size = Math.min(sizes[i % sizes.length], sent.length - at);
                    theirs.getOutputStream().write(sent, at, size);
                    at += size;
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        writer.start();
        var in = ours.getInputStream();
        var read = new byte[sent.length];
        for (int at = 0; at < read.length; ) {
            // As Paho reads: the first bytes one by one, the rest of a packet at once.
            read[at++] = (byte) in.read();
            at += in.readNBytes(read, at, Math.min(200, read.length - at));
        }

        assertThat(read).isEqualTo(sent);
        writer.join();
    }

    @Test
    void nothingNeedsToFollowForSomethingToBeRead() throws Exception {
        for (byte each = 1; each < 5; each++) {
            theirs.getOutputStream().write(each);

            assertThat(ours.getInputStream().read()).isEqualTo(each);
        }
    }

    @Test
    void aReadThatTimesOutLosesNothing() throws Exception {
        ours.setSoTimeout(50);
        theirs.getOutputStream().write(new byte[] {1, 2});
        var in = ours.getInputStream();

        assertThat(in.readNBytes(2)).containsExactly(1, 2);
        assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
        theirs.getOutputStream().write(new byte[] {3});
        await().ignoreExceptions().until(in::read, read -> read == 3);
    }

    @Test
    void theEndOfTheConnectionIsTheEndOfWhatIsRead() throws Exception {
        theirs.getOutputStream().write(new byte[] {1, 2, 3});
        theirs.close();

        assertThat(ours.getInputStream().readAllBytes()).containsExactly(1, 2, 3);
        assertThat(ours.getInputStream().read()).isEqualTo(-1);
    }
}
