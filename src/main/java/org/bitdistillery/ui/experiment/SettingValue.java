package org.bitdistillery.ui.experiment;

import java.math.BigDecimal;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Values of the configuration as people type them; the counterpart of `config.SettingText`.
final class SettingValue {

    private static final int SMALLEST_PLAIN_EXPONENT = -3;
    private static final int LARGEST_PLAIN_EXPONENT = 7;

    private SettingValue() {}

    /// Lists have one item a line, maps one `key=value` a line, numbers are exact and short.
    static String text(JsonNode value) {
        if (value.isFloatingPointNumber()) {
            return number(value.doubleValue());
        }
        if (value.isArray()) {
            return value.valueStream().map(SettingValue::text).collect(Collectors.joining("\n"));
        }
        if (value.isObject()) {
            return value.propertyStream().map(entry -> entry.getKey() + "=" + text(entry.getValue())).collect(Collectors.joining("\n"));
        }
        return value.asString();
    }

    /// The shortest text that reads back as the same number: `5e-5`, `0.01`, `100000`.
    static String number(double value) {
        BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (decimal.signum() == 0) {
            return "0";
        }
        if (exponent >= SMALLEST_PLAIN_EXPONENT && exponent <= LARGEST_PLAIN_EXPONENT) {
            return decimal.toPlainString();
        }
        return decimal.movePointLeft(exponent).stripTrailingZeros().toPlainString() + "e" + exponent;
    }
}
