package io.yiwang.dashboard.assets;

import io.yiwang.model.domain.Name;

/**
 * A street or township of a district.
 *
 * @param district its id
 */
public record Street(String id, String district, Name name) {}
