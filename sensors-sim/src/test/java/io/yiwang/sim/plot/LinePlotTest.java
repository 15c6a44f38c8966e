package io.yiwang.sim.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.sim.plot.LinePlot.Line;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class LinePlotTest {
    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    private static String path(String svg) {
        return svg.lines()
                .filter(line -> line.contains("fill=\"none\""))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void placesLieWhereTheAxesSay() throws Exception {
        var plot = new LinePlot(
                "a < b", "h", 6, "m3/h", true, List.of(new Line("x", new double[] {0, 12, 24}, new double[] {0, 10, 5
                })));
        var svg = plot.svg();
        assertThat(parsed(svg).getDocumentElement().getTagName()).isEqualTo("svg");
        // The frame reaches from 56 to 468 px and from 182 px up to 30 px; the vertical axis from 0 to 10.
        assertThat(path(svg)).contains("d=\"M56.0 182.0L262.0 30.0L468.0 106.0\"");
        assertThat(svg).contains("a &lt; b", ">0<", ">6<", ">12<", ">18<", ">24<", ">10<");
    }

    @Test
    void aLineHasAGapWhereNothingIsKnown() {
        var plot = new LinePlot("", "", 0, "", false, List.of(new Line("x", new double[] {0, 1, 2, 3}, new double[] {
            1, Double.NaN, 2, 1
        })));
        assertThat(path(plot.svg())).containsPattern("d=\"M[0-9. ]+M[0-9. ]+L[0-9. ]+\"");
    }

    @Test
    void nothingAndAConstantCanBeDrawnToo() throws Exception {
        for (var values : List.of(new double[0], new double[] {7, 7}, new double[] {Double.NaN, Double.NaN})) {
            var plot = new LinePlot("", "", 0, "", false, List.of(new Line("x", new double[values.length], values)));
            assertThat(parsed(plot.svg()).getDocumentElement().getTagName()).isEqualTo("svg");
        }
        assertThatThrownBy(() -> new Line("x", new double[1], new double[2]))
                .hasMessageContaining("1 places and 2 values");
    }
}
