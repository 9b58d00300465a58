package org.bitdistillery.hub;

import org.bitdistillery.config.InvalidInput;

/// A download that the network or the server kept from ending; trying again may help.
public final class HubException extends InvalidInput {

    public HubException(String message) {
        super(message);
    }

    public HubException(String message, Throwable cause) {
        super(message, cause);
    }
}
