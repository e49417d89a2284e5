package dev.sallyport.mysql.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.mysql.packet.ErrPacket;
import org.junit.jupiter.api.Test;

class ScrubbedTest {
    @Test
    void theGatewaysAccountIsCalledWhatItIs() {
        assertThat(told("Access denied for user 'gw'@'localhost' to database 'other'"))
                .isEqualTo("Access denied for the gateway's own user to database 'other'");
        assertThat(told("SELECT command denied to user 'gw'@'10.0.0.7' for table 'visits'"))
                .isEqualTo("SELECT command denied to the gateway's own user for table 'visits'");
        assertThat(told("Unknown column 'user' in 'field list'"))
                .isEqualTo("Unknown column 'user' in 'field list'");
    }

    @Test
    void nothingIsToldOfWhatIsGoverned() {
        assertThat(
                        Scrubbed.governed(
                                        new ErrPacket(
                                                1062, "23000", "Duplicate entry '078-05-1120'"))
                                .message())
                .doesNotContain("078");
    }

    private static String told(String message) {
        return Scrubbed.account(new ErrPacket(1044, "42000", message)).message();
    }
}
