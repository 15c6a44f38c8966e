package io.yiwang.dashboard.assets;

import com.fasterxml.jackson.annotation.JsonGetter;
import io.yiwang.model.domain.Name;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something wrong or doubtful in what is imported.
 *
 * @param row as a person counts: in CSV the row of the sheet (its header is row 1), else the entry's place in its list from 1;
 *     0 = the document as a whole
 * @param id of what the row is about, as the document has it
 * @param column field or header
 * @param value what stands there
 */
record Finding(int row, String id, String column, String value, Code code, Name sentence) {
    private static final int LONGEST_VALUE = 200;

    /** Why. The sentences take the values in the order in which they are given. */
    enum Code {
        BAD_ID("%1$s 必须符合 %2$s", "%1$s must match %2$s"),
        RESERVED_ID("编号 %1$s 已被系统占用，请换一个", "the id %1$s is taken by the system; choose another"),
        REQUIRED("缺少 %1$s", "%1$s is missing"),
        NOT_A_NUMBER("“%1$s”不是数字", "'%1$s' is not a number"),
        NOT_AN_INTEGER("“%1$s”不是整数", "'%1$s' is not a whole number"),
        NOT_YES_OR_NO("“%1$s”应为 true/false 或 是/否", "'%1$s' is neither true nor false"),
        NOT_FINITE("参数 %1$s 不是有限数值", "parameter %1$s is not a finite number"),
        OUT_OF_RANGE("%1$s %2$s 不在 %3$s 到 %4$s 之间", "%1$s %2$s is not between %3$s and %4$s"),
        NOT_POSITIVE("%1$s %2$s 必须大于 0", "%1$s %2$s must be above 0"),
        TOO_LONG("%1$s 超过 %2$s 个字符", "%1$s is longer than %2$s characters"),
        TOO_MANY("%1$s 超过 %2$s 个", "more than %2$s %1$s"),
        BAD_CHARACTER("%1$s 含有控制字符", "%1$s holds a control character"),
        BAD_NAME("名称需要中文和英文，各 1 到 %1$s 个字符", "name needs zh and en, each of 1 to %1$s characters"),
        BAD_CITY_NAME("城市名称为空或超过 %1$s 个字符", "name is empty or longer than %1$s characters"),
        BAD_CORNER("边界的角点应为 [经度, 纬度]", "a corner of the boundary is not [longitude, latitude]"),
        BAD_GRID("单元网格代码只含字母、数字和连字符，至多 %1$s 位", "grid holds letters, digits and hyphens only, at most %1$s"),
        UNKNOWN_DOMAIN("没有领域 %1$s", "unknown domain %1$s"),
        UNKNOWN_TYPE("领域 %2$s 没有设施类型 %1$s", "unknown facility type %1$s in domain %2$s"),
        UNKNOWN_DISTRICT("没有区县 %1$s", "unknown district %1$s"),
        UNKNOWN_STREET("没有街道 %1$s", "unknown street %1$s"),
        STREET_OF_ANOTHER_DISTRICT("街道 %1$s 属于区县 %2$s，不属于 %3$s", "street %1$s belongs to district %2$s, not to %3$s"),
        STREET_IN_USE(
                "街道 %1$s 还有设施在区县 %2$s，不能改属别的区县",
                "street %1$s still has facilities in district %2$s and cannot move to another"),
        UNKNOWN_FACILITY("台账和文件中都没有设施 %1$s", "no facility %1$s in the ledger or the document"),
        UNKNOWN_DEVICE("台账中没有设备 %1$s", "no device %1$s in the ledger; say its facility"),
        UNKNOWN_PARAMETER("设施类型 %2$s 没有参数 %1$s", "unknown parameter %1$s of facility type %2$s"),
        UNKNOWN_METRIC("设备 %1$s：领域 %3$s 没有指标 %2$s", "device %1$s: unknown metric %2$s in domain %3$s"),
        UNKNOWN_UPSTREAM(
                "上游 %1$s 不是台账或文件中的另一个设施", "upstream %1$s is not another facility of the ledger or the document"),
        REFUSED_UPSTREAM("上游 %1$s 未被接受", "upstream %1$s is refused itself"),
        UPSTREAM_TWICE("上游 %1$s 重复", "upstream %1$s is there twice"),
        UPSTREAM_CYCLE("上游关系成环：%1$s", "upstream runs in a circle: %1$s"),
        BAD_PIPE_FROM(
                "管段 %1$s 的起点 %2$s 不是台账或文件中的另一个设施",
                "pipe %1$s: from %2$s is not another facility of the ledger or the document"),
        DUPLICATE("%1$s 在文件中重复，以第一条为准", "%1$s is in the document twice; the first entry counts"),
        DEVICE_TWICE("设备 %1$s 重复", "device %1$s is there twice"),
        PIPE_TWICE("管段 %1$s 重复", "pipe %1$s is there twice"),
        METRIC_TWICE("设备 %1$s 的指标 %2$s 重复", "device %1$s has metric %2$s twice"),
        DEVICE_TAKEN("设备 %1$s 已属于设施 %2$s", "device %1$s belongs to facility %2$s already"),
        UNKNOWN_GATEWAY(
                "设备 %1$s：网关 %2$s 不是台账或文件中的另一个设备",
                "device %1$s: gateway %2$s is not another device of the ledger or the document"),
        GATEWAY_IN_USE(
                "设备 %1$s 是设备 %2$s 的网关，不能移除；请先改设备 %2$s 的网关",
                "device %1$s is the gateway of device %2$s and cannot go; change the gateway of %2$s first"),
        BAD_EXTERNAL_ID(
                "设备 %1$s：外部编号至多 %2$s 个字符，不含控制字符和首尾空格",
                "device %1$s: an external id has at most %2$s characters, no control characters, no blanks around it"),
        EXTERNAL_ID_TAKEN("设备 %1$s：名称 %2$s 已由设备 %3$s 使用", "device %1$s: device %3$s is called %2$s already"),
        BAD_SOURCE(
                "设备 %1$s：设备侧名称至多 %2$s 个字符，不含控制字符",
                "device %1$s: a source has at most %2$s characters, no control characters"),
        SOURCE_TWICE("设备 %1$s：名称 %2$s 对应不止一个指标", "device %1$s: the name %2$s stands for more than one metric"),
        BAD_UNIT(
                "设备 %1$s：单位 %2$s 无法换算为指标 %3$s 的单位 %4$s",
                "device %1$s: the unit %2$s cannot be converted to %4$s, the unit of metric %3$s"),
        BAD_CREDENTIAL("设备 %1$s：%2$s", "device %1$s: %2$s"),
        BAD_LIMIT("限值无法计算：%1$s", "%1$s"),
        BAD_GEOMETRY("几何应为 %1$s", "the geometry must be %1$s"),
        BAD_FEATURE("%1$s", "%1$s"),
        TOO_MANY_CELLS("单元格多于表头", "the row has more cells than the header"),
        MALFORMED("此行无法解析：%1$s", "the row cannot be read: %1$s"),
        // Doubtful only.
        OUTSIDE_DISTRICT("位置不在区县 %1$s 的边界内", "the place is outside the boundary of district %1$s"),
        UPSTREAM_ADDED("管段 %1$s 的起点 %2$s 已补入上游", "pipe %1$s begins at %2$s, which is now among upstream"),
        UNKNOWN_COLUMN("不认识的列 %1$s，已忽略", "unknown column %1$s is left out"),
        UNKNOWN_PROPERTY("不认识的属性 %1$s（%2$s 处），已忽略", "unknown property %1$s (%2$s times) is left out"),
        ENCODING_GUESSED("文件不是 UTF-8，按 GB18030 读取", "the file is not UTF-8 and was read as GB18030"),
        HOLES_LEFT_OUT("多边形的内环已忽略", "the holes of the polygon are left out");

        private final String zh;
        private final String en;

        Code(String zh, String en) {
            this.zh = zh;
            this.en = en;
        }

        Name sentence(Object... values) {
            return new Name(String.format(Locale.ROOT, zh, values), String.format(Locale.ROOT, en, values));
        }
    }

    Finding {
        value = value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE) + "…";
    }

    static Finding of(int row, @Nullable String id, String column, @Nullable Object value, Code code, Object... words) {
        return new Finding(
                row,
                id == null ? "" : id,
                column,
                value == null ? "" : String.valueOf(value),
                code,
                code.sentence(words));
    }

    /** The English sentence, for programs that write a log. */
    @JsonGetter
    String reason() {
        return sentence.en();
    }
}
