package dev.sallyport.mysql.packet;

import java.util.Optional;

/// Everything that a client can ask for (MySQL internals manual, Command Phase; MariaDB's from
/// `enum_server_command`), and what becomes of it here. An opcode that isn't among these is a
/// protocol violation.
public enum Command {
    COM_SLEEP(0x00, Treatment.REFUSED),
    COM_QUIT(0x01, Treatment.LOCAL),
    COM_INIT_DB(0x02, Treatment.GUARDED),
    COM_QUERY(0x03, Treatment.GUARDED),
    COM_FIELD_LIST(0x04, Treatment.GUARDED),
    COM_CREATE_DB(0x05, Treatment.REFUSED),
    COM_DROP_DB(0x06, Treatment.REFUSED),
    COM_REFRESH(0x07, Treatment.REFUSED),
    COM_SHUTDOWN(0x08, Treatment.REFUSED),
    COM_STATISTICS(0x09, Treatment.RELAYED),
    COM_PROCESS_INFO(0x0A, Treatment.REFUSED),
    COM_CONNECT(0x0B, Treatment.REFUSED),
    COM_PROCESS_KILL(0x0C, Treatment.LOCAL),
    COM_DEBUG(0x0D, Treatment.REFUSED),
    COM_PING(0x0E, Treatment.RELAYED),
    COM_TIME(0x0F, Treatment.REFUSED),
    COM_DELAYED_INSERT(0x10, Treatment.REFUSED),
    /// Ends the session, and begins another one on the same connection of the client's.
    COM_CHANGE_USER(0x11, Treatment.LOCAL),
    COM_BINLOG_DUMP(0x12, Treatment.REFUSED),
    COM_TABLE_DUMP(0x13, Treatment.REFUSED),
    COM_CONNECT_OUT(0x14, Treatment.REFUSED),
    COM_REGISTER_SLAVE(0x15, Treatment.REFUSED),
    COM_STMT_PREPARE(0x16, Treatment.GUARDED),
    COM_STMT_EXECUTE(0x17, Treatment.GUARDED),
    COM_STMT_SEND_LONG_DATA(0x18, Treatment.RELAYED),
    COM_STMT_CLOSE(0x19, Treatment.RELAYED),
    COM_STMT_RESET(0x1A, Treatment.RELAYED),
    COM_SET_OPTION(0x1B, Treatment.RELAYED),
    COM_STMT_FETCH(0x1C, Treatment.GUARDED),
    COM_DAEMON(0x1D, Treatment.REFUSED),
    COM_BINLOG_DUMP_GTID(0x1E, Treatment.REFUSED),
    COM_RESET_CONNECTION(0x1F, Treatment.RELAYED),
    COM_CLONE(0x20, Treatment.REFUSED),
    COM_SUBSCRIBE_GROUP_REPLICATION_STREAM(0x21, Treatment.REFUSED),
    /// MariaDB's; its capability is not offered.
    COM_STMT_BULK_EXECUTE(0xFA, Treatment.REFUSED),
    COM_SLAVE_WORKER(0xFB, Treatment.REFUSED),
    COM_SLAVE_IO(0xFC, Treatment.REFUSED),
    COM_SLAVE_SQL(0xFD, Treatment.REFUSED),
    COM_MULTI(0xFE, Treatment.REFUSED);

    /// What becomes of a command.
    public enum Treatment {
        /// Put to the guard; goes up if it permits.
        GUARDED,
        /// Names no data by itself: goes up as it is.
        RELAYED,
        /// The gateway does it.
        LOCAL,
        /// Answered with an error, recorded.
        REFUSED
    }

    private static final Command[] BY_CODE = byCode();

    private final int code;
    private final Treatment treatment;

    Command(int code, Treatment treatment) {
        this.code = code;
        this.treatment = treatment;
    }

    public int code() {
        return code;
    }

    public Treatment treatment() {
        return treatment;
    }

    /// Empty for a byte that is no command.
    public static Optional<Command> of(int code) {
        return Optional.ofNullable(BY_CODE[code & 0xFF]);
    }

    private static Command[] byCode() {
        var all = new Command[256];
        for (Command command : values()) all[command.code] = command;
        return all;
    }
}
