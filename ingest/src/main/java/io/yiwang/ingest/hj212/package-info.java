/** The door for data loggers that speak HJ 212 over TCP. */
@NullMarked
package io.yiwang.ingest.hj212;

import org.jspecify.annotations.NullMarked;
