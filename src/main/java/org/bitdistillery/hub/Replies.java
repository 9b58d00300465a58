package org.bitdistillery.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.config.InvalidInput;

/// What answers of the hub mean, in one sentence each. Words of the server are never repeated: they could be anything.
///
/// @param endpoint address of the hub for people
record Replies(String endpoint, String server, boolean hasToken) {

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int PROXY_AUTHENTICATION = 407;
    private static final int TOO_MANY = 429;

    /// Whether the same question may be answered later. A link to another host that no longer holds is asked for anew.
    boolean isTemporary(HttpResponse<?> response) {
        int status = response.statusCode();
        boolean elsewhere = !server.equalsIgnoreCase(response.uri().getHost());
        return status == 408 || status == 425 || status == TOO_MANY || status == 500 || status == 502 || status == 503 || status == 504
                || status == FORBIDDEN && elsewhere;
    }

    /// `Retry-After` in seconds or as a date.
    Optional<Duration> pauseAskedFor(HttpHeaders headers, Instant now) {
        return headers.firstValue("Retry-After").flatMap(text -> {
            try {
                return Optional.of(text.strip().matches("\\d{1,9}")
                        ? Duration.ofSeconds(Long.parseLong(text.strip()))
                        : Duration.between(now, ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant()));
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        }).map(pause -> pause.isNegative() ? Duration.ZERO : pause);
    }

    /// Why a request failed for good.
    ///
    /// @param file of the model, or null for its listing
    InvalidInput refusal(HttpResponse<?> response, ModelName name, String file) {
        int status = response.statusCode();
        String code = response.headers().firstValue("X-Error-Code").orElse("");
        if (code.equals("GatedRepo") || status == FORBIDDEN) {
            return new InvalidInput(name.id() + " is gated: accept its license on " + endpoint + "/" + name.id()
                    + (hasToken
                    ? ", with the account that your token belongs to, then try again."
                    : ", then set HF_TOKEN to a token of that account."));
        }
        return switch (status) {
            case UNAUTHORIZED -> new InvalidInput(hasToken
                    ? server + " does not accept your token (401). Make a new one on " + endpoint + "/settings/tokens and set HF_TOKEN to it."
                    : name.id() + " is private, gated or not there at all (401). Check the name, or set HF_TOKEN to a token that may read it.");
            case NOT_FOUND -> notFound(code, name, file);
            case PROXY_AUTHENTICATION -> new InvalidInput(
                    "The proxy asks who you are (407). Put user and password into HTTPS_PROXY: http://user:password@proxy.example:8080.");
            case TOO_MANY -> new HubException(server + " has had too many requests (429)" + pauseAskedFor(response.headers(), Instant.now())
                    .map(pause -> " and asks to wait " + Units.duration(pause)).orElse("")
                    + ". Try again later" + (hasToken ? "." : ", or set HF_TOKEN: known users may ask more often."));
            default -> new HubException(server + " answers " + status + ", which means trouble on its side. Try again later.");
        };
    }

    private InvalidInput notFound(String code, ModelName name, String file) {
        if (code.equals("RevisionNotFound")) {
            return new InvalidInput(name.id() + " has no revision \"" + name.revision() + "\". Look for its branches and tags on " + endpoint + "/"
                    + name.id() + ".");
        }
        return new InvalidInput(file == null
                ? "There is no model " + name.id() + " on " + server + " (404). Check the name: it is org/name, as on the model's page."
                : name.id() + " has no file " + file + " any more (404). Try again.");
    }

    /// Why nobody answered.
    HubException unreachable(IOException cause) {
        return new HubException(server + " cannot be reached: " + reason(cause)
                + ". Check the network, HTTPS_PROXY where you are behind a proxy, and HF_ENDPOINT where you use another server.", cause);
    }

    static String reason(IOException cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            switch (at) {
                case UnresolvedAddressException _ -> {
                    return "its name is not known";
                }
                case HttpTimeoutException _ -> {
                    return "it does not answer";
                }
                case SSLException _ -> {
                    return "its certificate is not one to trust";
                }
                default -> { }
            }
        }
        return cause instanceof ConnectException ? "the connection was refused" : "the connection broke";
    }
}
