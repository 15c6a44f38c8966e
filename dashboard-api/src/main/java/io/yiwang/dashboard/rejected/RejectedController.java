package io.yiwang.dashboard.rejected;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class RejectedController {
    private final RejectedMessages messages;

    RejectedController(RejectedMessages messages) {
        this.messages = messages;
    }

    /** What ingest refused, newest first, at most 1000. */
    @GetMapping("/api/rejected")
    List<RejectedMessages.Message> rejected(
            @RequestParam(defaultValue = "100") int limit, @RequestParam @Nullable String reason) {
        return messages.newest(reason, Math.max(1, Math.min(limit, 1000)));
    }

    /** How many of each reason since {@code since}. */
    @GetMapping("/api/rejected/summary")
    RejectedMessages.Summary summary() {
        return messages.summary();
    }
}
