package io.yiwang.dashboard.audit;

import io.yiwang.dashboard.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class AuditController {
    private static final int MOST = 1000;

    private final Audit audit;

    AuditController(Audit audit) {
        this.audit = audit;
    }

    /** Changes, newest first. @param after the last id of the page before */
    @GetMapping("/api/audit")
    List<Audit.Entry> audit(@RequestParam(defaultValue = "100") int limit, @RequestParam @Nullable String after) {
        try {
            return audit.entries(
                    after == null ? Long.MAX_VALUE : Long.parseLong(after), Math.max(1, Math.min(limit, MOST)));
        } catch (NumberFormatException e) {
            throw Problem.badRequest("BAD_PARAMETER", "after must be the id of an audit entry, not '" + after + "'");
        }
    }
}
