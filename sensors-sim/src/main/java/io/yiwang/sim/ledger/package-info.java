/** What was sent: written by whoever plays the devices, read by the audit, and nothing else knows of it. */
@NullMarked
package io.yiwang.sim.ledger;

import org.jspecify.annotations.NullMarked;
