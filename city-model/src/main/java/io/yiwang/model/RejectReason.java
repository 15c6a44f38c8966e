package io.yiwang.model;

import io.yiwang.model.domain.Name;

/**
 * Why a message or a value is not telemetry, and what to do about it. The names are stable: they are stored, counted and searched for.
 * {@code docs/rejections.md} is this list for people.
 */
public enum RejectReason {
    MALFORMED(
            "报文格式错误",
            "the message does not have the form of its dialect",
            "对照接入文档检查设备的报文格式；原始报文可在此查看",
            "compare the device's payload with the format's description; the original bytes are kept with the record"),
    TOO_LARGE("报文过大", "message larger than allowed", "拆成几条较小的报文发送", "send it in several smaller messages"),
    WRONG_TYPE(
            "字段类型错误",
            "a field has the wrong type",
            "按指标类型发送：模拟量、累计量发数字，状态量发状态码",
            "send what the metric's kind asks for: a number for a measurement or counter, the code of a state for a state"),
    NOT_FINITE(
            "数值不是有限数",
            "value is not a finite number",
            "检查传感器接线和量程换算，设备无有效读数时不应上报该值",
            "check the sensor's wiring and scaling; a device without a reading should leave the value out"),
    MISSING_FIELD("缺少必填字段", "a required field is missing", "补上说明中指出的字段", "add the field that the detail names"),
    UNKNOWN_DEVICE(
            "台账中没有该设备",
            "device is not in the asset ledger",
            "在资产台账的“待接入”中接纳它，或直接登记",
            "accept it among the newcomers in the asset ledger, or enter it there"),
    UNKNOWN_METRIC(
            "该设备没有登记此指标",
            "metric is not registered for this device",
            "在台账中为该设备增加测点，或在测点的“来源”中填写设备使用的名称",
            "add the point to the device in the ledger, or write the device's own name for it into the point's source"),
    OUT_OF_RANGE(
            "超出物理量程",
            "value outside the metric's physical range",
            "检查传感器和单位；确属正常时修改领域包中的量程",
            "check the sensor and the unit; if the value is real, widen the range in the domain pack"),
    WRONG_TOPIC(
            "主题与设备身份不符",
            "topic does not belong to the authenticated device",
            "让设备发布到它自己的主题；详情中写明了主题",
            "let the device publish to its own topic, which the detail names"),
    TIMESTAMP_FUTURE(
            "时间戳超前",
            "timestamp too far in the future",
            "校准设备时钟（NTP）并检查时区，时间戳须为 UTC",
            "set the device's clock (NTP) and check its time zone: timestamps are UTC"),
    TIMESTAMP_ANCIENT(
            "时间戳过旧",
            "timestamp older than may be stored",
            "校准设备时钟；超过七天的补传数据请用回放导入",
            "set the device's clock; bring in data older than seven days by replay"),
    TIMESTAMP_UNIT(
            "时间戳单位不是毫秒", "timestamp is not in milliseconds", "时间戳改为 1970 年以来的毫秒数", "send milliseconds since 1970"),
    TIMESTAMP_UNSET(
            "设备时钟未设置",
            "the device's clock is not set",
            "让设备先对时（NTP）再上报",
            "let the device get the time (NTP) before it reports"),
    TOO_MANY_VALUES(
            "单条报文数值过多",
            "more values in one message than allowed",
            "把数值分到几条报文中",
            "spread the values over several messages"),
    AMBIGUOUS(
            "同一指标上报了两次",
            "two values of one message are the same metric",
            "设备只保留一个名称，或在台账中改正测点的“来源”",
            "let the device send one of the two names, or correct the points' sources in the ledger"),
    FOREIGN_DEVICE(
            "无权代报该设备",
            "the sender may not speak for this device",
            "在台账中把发送方登记为该设备的网关",
            "enter the sender as the device's gateway in the ledger"),
    UNIT_MISMATCH(
            "单位无法换算",
            "the unit cannot be converted to the metric's unit",
            "在台账的测点中填写设备实际使用的单位（UCUM）",
            "write the unit that the device really uses (UCUM) into the point in the ledger"),
    CHECKSUM(
            "校验码错误",
            "the checksum does not match",
            "检查线路干扰和设备的校验算法",
            "check the line for noise and the device's checksum algorithm"),
    UNKNOWN_ALIAS(
            "别名未在上线报文中声明",
            "an alias that no birth message has declared",
            "无需处理：已请求设备重新上线；反复出现时检查边缘节点",
            "nothing: the edge node was asked for its birth again; if it keeps happening, look at the node"),
    ENCRYPTED(
            "报文已加密",
            "the message is encrypted and cannot be read",
            "关闭设备的报文加密，改用 TLS 保护通道",
            "switch the payload's encryption off and protect the way with TLS"),
    UNSUPPORTED(
            "不支持的报文类型",
            "a kind of message that carries no telemetry we can take",
            "如无需该类报文可忽略，否则改用支持的格式",
            "ignore it if nothing is missing, otherwise let the device use a format that is read here");

    private final Name sentence;
    private final Name remedy;

    RejectReason(String zh, String en, String remedyZh, String remedyEn) {
        sentence = new Name(zh, en);
        remedy = new Name(remedyZh, remedyEn);
    }

    /** What is wrong. */
    public Name sentence() {
        return sentence;
    }

    /** What its sender or the keeper of the ledger should do. */
    public Name remedy() {
        return remedy;
    }
}
