package org.bitdistillery.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnitsTest {

    @Test
    void bytesUseBinaryUnits() {
        assertThat(Units.bytes(512)).isEqualTo("512 B");
        assertThat(Units.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Units.bytes(297L << 20)).isEqualTo("297 MiB");
        assertThat(Units.bytes(-1)).isEqualTo("–");
    }

    @Test
    void durationsKeepTwoUnits() {
        assertThat(Units.duration(0.44)).isEqualTo("0.4 s");
        assertThat(Units.duration(59.7)).isEqualTo("1 min 00 s");
        assertThat(Units.duration(185)).isEqualTo("3 min 05 s");
        assertThat(Units.duration(7620)).isEqualTo("2 h 07 min");
        assertThat(Units.duration(Double.NaN)).isEqualTo("–");
        assertThat(Units.wait(0.0124)).isEqualTo("12 ms");
        assertThat(Units.wait(3.04)).isEqualTo("3.0 s");
        assertThat(Units.wait(Double.NaN)).isEqualTo("–");
    }

    @Test
    void smallNumbersAreWrittenAsResearchersWriteThem() {
        assertThat(Units.number(5e-5)).isEqualTo("5e-5");
        assertThat(Units.number(1.25e-4)).isEqualTo("1.25e-4");
        assertThat(Units.number(0.01)).isEqualTo("0.01");
        assertThat(Units.number(0)).isEqualTo("0");
        assertThat(Units.number(1e5)).isEqualTo("100,000");
        assertThat(Units.number(1e10)).isEqualTo("1e10");
    }

    @Test
    void lossesShowFourDecimalsOrGoScientific() {
        assertThat(Units.loss(0.69314)).isEqualTo("0.6931");
        assertThat(Units.loss(0.0000421)).isEqualTo("4.21e-05");
        assertThat(Units.loss(Double.NaN)).isEqualTo("NaN");
    }

    @Test
    void ratiosAndRatesKeepThreeDigits() {
        assertThat(Units.ratio(2.649)).isEqualTo("2.65×");
        assertThat(Units.ratio(10.04)).isEqualTo("10.0×");
        assertThat(Units.tokensPerSecond(1234.4)).isEqualTo("1,234 tok/s");
        assertThat(Units.percent(0.9134)).isEqualTo("91.3 %");
    }
}
