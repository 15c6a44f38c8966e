package io.yiwang.streams.detect.joint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TriangleTest {
    @Test
    void aSmallMatrixByHand() {
        // (2 1; 1 3) has the determinant 5 and the inverse (3 -1; -1 2) / 5.
        var matrix = new double[] {2, 1, 3};
        Triangle.invert(matrix, 2);
        assertThat(matrix).containsExactly(new double[] {0.6, -0.2, 0.4}, within(1e-12));

        var floats = new float[] {2, 1, 3};
        // (1 -2) (2 1; 1 3) (1 -2)' = 2 - 4 + 12
        assertThat(Triangle.form(floats, new float[] {1, -2})).isEqualTo(10);
        assertThat(Triangle.row(floats, new float[] {1, -2}, 0)).isEqualTo(0);
        assertThat(Triangle.row(floats, new float[] {1, -2}, 1)).isEqualTo(-5);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 43})
    void aMatrixTimesItsInverseIsOne(int size) {
        var random = new Random(size);
        var root = new double[size][size];
        for (var row : root) {
            for (var k = 0; k < size; k++) {
                row[k] = random.nextGaussian();
            }
        }
        var matrix = new double[Triangle.length(size)];
        for (var i = 0; i < size; i++) {
            for (var k = 0; k <= i; k++) {
                var sum = i == k ? 0.1 : 0;
                for (var m = 0; m < size; m++) {
                    sum += root[i][m] * root[k][m];
                }
                matrix[Triangle.length(i) + k] = sum;
            }
        }
        var inverse = matrix.clone();
        Triangle.invert(inverse, size);
        for (var i = 0; i < size; i++) {
            for (var k = 0; k < size; k++) {
                double sum = 0;
                for (var m = 0; m < size; m++) {
                    sum += at(matrix, i, m) * at(inverse, m, k);
                }
                assertThat(sum).isCloseTo(i == k ? 1 : 0, within(1e-6));
            }
        }
    }

    private static double at(double[] matrix, int i, int k) {
        return k <= i ? matrix[Triangle.length(i) + k] : matrix[Triangle.length(k) + i];
    }
}
