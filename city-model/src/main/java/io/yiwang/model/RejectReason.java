package io.yiwang.model;

import io.yiwang.model.domain.Name;

/** Why a message or a value is not telemetry. The names are stable: they are stored, counted and searched for. */
public enum RejectReason {
    MALFORMED("不是合法的 JSON 对象", "not a well-formed JSON object of the expected shape"),
    TOO_LARGE("报文过大", "message larger than allowed"),
    WRONG_TYPE("字段类型错误", "a field has the wrong type"),
    NOT_FINITE("数值不是有限数", "value is not a finite number"),
    MISSING_FIELD("缺少必填字段", "a required field is missing"),
    UNKNOWN_DEVICE("台账中没有该设备", "device is not in the asset ledger"),
    UNKNOWN_METRIC("该设备没有登记此指标", "metric is not registered for this device"),
    OUT_OF_RANGE("超出物理量程", "value outside the metric's physical range"),
    WRONG_TOPIC("主题与设备身份不符", "topic does not belong to the authenticated device"),
    TIMESTAMP_FUTURE("时间戳超前", "timestamp too far in the future"),
    TIMESTAMP_ANCIENT("时间戳过旧", "timestamp older than may be stored"),
    TOO_MANY_VALUES("单条报文数值过多", "more values in one message than allowed");

    private final Name sentence;

    RejectReason(String zh, String en) {
        sentence = new Name(zh, en);
    }

    public Name sentence() {
        return sentence;
    }
}
