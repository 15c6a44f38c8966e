package io.yiwang.dashboard.assets;

import io.yiwang.dashboard.Problem;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;

/** Lets a device in by one change of the ledger, checked and recorded like every other. */
public interface DeviceAdmission {
    /**
     * Adds the device to the facility.
     *
     * @param action as the audit names it
     * @param alongside written in the same transaction; is not called when the device cannot be added
     * @throws Problem when facility or device cannot be so; {@code errors} says why
     */
    void admit(String facility, Device device, String actor, String action, Runnable alongside);

    /**
     * Gives a device that is there another credential; the one before stops working and its connection ends.
     *
     * @throws Problem when there is no such device
     */
    void replaceCredential(String device, Credential credential, String actor, Runnable alongside);
}
