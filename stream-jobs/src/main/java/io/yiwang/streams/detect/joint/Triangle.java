package io.yiwang.streams.detect.joint;

/** Symmetric matrices kept as their lower triangle, row by row: element (i, k), k ≤ i, lies at i (i + 1) / 2 + k. */
final class Triangle {
    private Triangle() {}

    static int length(int size) {
        return size * (size + 1) / 2;
    }

    static int diagonal(int i) {
        return i * (i + 3) / 2;
    }

    /** v' M v. */
    static double form(float[] matrix, float[] v) {
        double sum = 0;
        var at = 0;
        for (var i = 0; i < v.length; i++) {
            double row = 0;
            for (var k = 0; k < i; k++) {
                row += matrix[at++] * v[k];
            }
            sum += v[i] * (2 * row + matrix[at++] * v[i]);
        }
        return sum;
    }

    /** Row {@code i} of M v. */
    static double row(float[] matrix, float[] v, int i) {
        double sum = 0;
        for (var k = 0; k < v.length; k++) {
            sum += matrix[k <= i ? length(i) + k : length(k) + i] * v[k];
        }
        return sum;
    }

    /**
     * Inverts a positive definite matrix in place by Cholesky's decomposition: M = L L', M⁻¹ = L⁻ᵀ L⁻¹.
     *
     * @param matrix lower triangle, length(size) numbers
     */
    static void invert(double[] matrix, int size) {
        for (var i = 0; i < size; i++) {
            var rowI = length(i);
            for (var j = 0; j <= i; j++) {
                var rowJ = length(j);
                var sum = matrix[rowI + j];
                for (var k = 0; k < j; k++) {
                    sum -= matrix[rowI + k] * matrix[rowJ + k];
                }
                matrix[rowI + j] = i == j ? Math.sqrt(Math.max(sum, 1e-9)) : sum / matrix[rowJ + j];
            }
        }
        for (var j = 0; j < size; j++) {
            matrix[diagonal(j)] = 1 / matrix[diagonal(j)];
            for (var i = j + 1; i < size; i++) {
                double sum = 0;
                for (var k = j; k < i; k++) {
                    sum -= matrix[length(i) + k] * matrix[length(k) + j];
                }
                matrix[length(i) + j] = sum / matrix[diagonal(i)];
            }
        }
        for (var i = 0; i < size; i++) {
            for (var j = 0; j <= i; j++) {
                double sum = 0;
                for (var k = i; k < size; k++) {
                    sum += matrix[length(k) + i] * matrix[length(k) + j];
                }
                matrix[length(i) + j] = sum;
            }
        }
    }
}
