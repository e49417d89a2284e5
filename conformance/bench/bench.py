#!/usr/bin/env python3
"""Compares PostgreSQL direct, through the gateway and through PgBouncer, interleaved, and prints ratios.

    conformance/bench/bench.py [--seconds 5] [--rounds 3] [--only pgbench,copy,idle,start] [--keep]

Needs what a benchmark needs and the product does not: PostgreSQL's server programs and pgbench (Debian: postgresql),
PgBouncer (Debian: pgbouncer), psql, openssl. Everything runs on loopback in a temporary folder and ends with the script.
Policy and durable audit are on in the gateway, as in production. Absolute figures depend on the machine and its mood;
quote the ratios of one run.
"""
import argparse, asyncio, base64, hashlib, hmac, json, os, re, shutil, signal, socket, ssl, statistics, struct, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MODES = ("simple", "extended", "prepared")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def scram_verifier(password, salt=b"sallyport-bench!", iterations=4096):
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    b = lambda x: base64.b64encode(x).decode()
    return f"SCRAM-SHA-256${iterations}:{b(salt)}${b(stored)}:{b(server)}"


def run(args, **kw):
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kw)
    if done.returncode:
        sys.exit(f"{' '.join(args)} failed ({done.returncode}):\n{done.stdout[-2000:]}")
    return done.stdout


def wait_for_port(port, process, what, log, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        if process is not None and process.poll() is not None:
            sys.exit(f"{what} ended at once; see {log}:\n{open(log).read()[-2000:]}")
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.02)
    sys.exit(f"{what} did not listen on {port} within {seconds} s; see {log}")


def cpu_seconds(pid):
    """User and system time of a process and its children so far, in seconds."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def compiler_seconds(pid):
    """Time of the JVM's compiler threads so far, in seconds."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/stat") as f:
                name, rest = f.read().split("(", 1)[1].rsplit(")", 1)
        except FileNotFoundError:
            continue
        if re.match("C[12] Compiler", name):
            total += sum(map(int, rest.split()[11:13]))
    return total / os.sysconf("SC_CLK_TCK")


class Bench:
    def __init__(self, options):
        self.options = options
        self.dir = tempfile.mkdtemp(prefix="sallyport-bench.")
        os.chmod(self.dir, 0o755)
        self.bin = self.find_postgres()
        self.ports = {"direct": free_port(), "pgbouncer": free_port(), "gateway": free_port()}
        self.processes = []
        self.gateway = None

    @staticmethod
    def find_postgres():
        base = "/usr/lib/postgresql"
        found = [f"{base}/{v}/bin" for v in sorted(os.listdir(base), key=float, reverse=True)] if os.path.isdir(base) else []
        found = [b for b in found if os.path.exists(b + "/postgres") and os.path.exists(b + "/pgbench")]
        if not found:
            sys.exit("needs PostgreSQL's server programs and pgbench (Debian: apt-get install postgresql)")
        return found[0]

    def as_server_user(self, args):
        return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *args] if os.getuid() == 0 else args

    def start(self, name, args, port, env=None):
        log = f"{self.dir}/{name}.log"
        process = subprocess.Popen(args, stdout=open(log, "a"), stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                   env={**os.environ, **(env or {})}, start_new_session=True)
        self.processes.append(process)
        wait_for_port(port, process, name, log)
        return process

    def start_postgres(self):
        data = f"{self.dir}/pg"
        os.mkdir(data)
        if os.getuid() == 0:
            shutil.chown(data, 65534, 65534)
        run(self.as_server_user([f"{self.bin}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]))
        with open(f"{data}/pg_hba.conf", "w") as f:
            f.write("local all all trust\nhost all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
        self.start("postgres", self.as_server_user([
            f"{self.bin}/postgres", "-D", data, "-p", str(self.ports["direct"]), "-c", "listen_addresses=127.0.0.1",
            "-c", f"unix_socket_directories={data}", "-c", "max_connections=300", "-c", "shared_buffers=256MB",
            "-c", "fsync=off", "-c", "password_encryption=scram-sha-256"]), self.ports["direct"])
        self.sql("create role bench login password 'bench'; create role catalog login password 'catalog'", user="postgres", db="postgres")
        self.sql("create database bench owner bench", user="postgres", db="postgres")
        run([f"{self.bin}/pgbench", "-i", "-q", "-s", "10", "-h", "127.0.0.1", "-p", str(self.ports["direct"]), "-U", "bench", "bench"],
            env={**os.environ, "PGPASSWORD": "bench"})
        # About 70 MB as COPY text.
        self.sql("create table bulk as select i as id, md5(i::text) || md5((i+1)::text) as pad from generate_series(1, 960000) i")
        self.sql("vacuum analyze")

    def sql(self, text, user="bench", db="bench"):
        return run(["psql", "-X", "-v", "ON_ERROR_STOP=1", "-Atqc", text, "-h", "127.0.0.1", "-p", str(self.ports["direct"]), "-U", user, db],
                   env={**os.environ, "PGPASSWORD": "bench"})

    def start_pgbouncer(self):
        if not shutil.which("pgbouncer"):
            sys.exit("needs PgBouncer for the comparison (Debian: apt-get install pgbouncer)")
        d = f"{self.dir}/pgbouncer"
        os.mkdir(d)
        with open(f"{d}/users.txt", "w") as f:
            f.write('"bench" "bench"\n')
        with open(f"{d}/pgbouncer.ini", "w") as f:
            f.write(f"[databases]\nbench = host=127.0.0.1 port={self.ports['direct']} dbname=bench\n[pgbouncer]\nlisten_addr=127.0.0.1\n"
                    f"listen_port={self.ports['pgbouncer']}\nunix_socket_dir=\nauth_type=scram-sha-256\nauth_file={d}/users.txt\n"
                    f"pool_mode=session\ndefault_pool_size=50\nmax_client_conn=500\n")
        if os.getuid() == 0:
            run(["chown", "-R", "65534:65534", d])
        self.start("pgbouncer", self.as_server_user(["pgbouncer", "-q", f"{d}/pgbouncer.ini"]), self.ports["pgbouncer"])

    def write_gateway_config(self, folder, port, upstream_port, tls=False):
        os.makedirs(f"{folder}/secrets", exist_ok=True)
        for name, value in (("upstream", "bench"), ("catalog", "catalog")):
            with open(f"{folder}/secrets/{name}", "w") as f:
                f.write(value)
            os.chmod(f"{folder}/secrets/{name}", 0o600)
        with open(f"{folder}/users.yaml", "w") as f:
            f.write(f'users:\n  - {{ name: bench, roles: [bench], verifier: "{scram_verifier("bench")}" }}\n')
        with open(f"{folder}/policy.yaml", "w") as f:
            f.write("database: bench\nroles:\n  bench:\n    purpose: benchmark\n    grants:\n"
                    "      - { id: all, allow: [select, insert, update, delete, copy-out, copy-in], on: [public.*] }\n"
                    "deny:\n  - { id: never, actions: [delete], on: [public.pgbench_history] }\n")
        listener_tls = "tls: { certificate: gateway.crt, key: gateway.key }" if tls else ""
        if tls:
            run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                 "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                 "-keyout", f"{folder}/gateway.key", "-out", f"{folder}/gateway.crt"])
        with open(f"{folder}/sallyport.yaml", "w") as f:
            f.write(f"""gateway: bench
listeners:
  - protocol: postgres
    host: 127.0.0.1
    port: {port}
    {listener_tls}
databases:
  - name: bench
    protocol: postgres
    host: 127.0.0.1
    port: {upstream_port}
    database: bench
    user: bench
    password: {{ file: secrets/upstream }}
    tls: {{ mode: disable }}
    catalog: {{ user: catalog, password: {{ file: secrets/catalog }} }}
policies: [policy.yaml]
users: users.yaml
audit: {{ store: audit }}
sessions: {{ maxPerUser: 2000, max: 2000 }}
admin: {{ host: 127.0.0.1, port: 0 }}
""")
        return f"{folder}/sallyport.yaml"

    def start_gateway(self, name="gateway", port=None, upstream_port=None, tls=False, java_options=""):
        folder = f"{self.dir}/{name}"
        config = self.write_gateway_config(folder, port or self.ports["gateway"], upstream_port or self.ports["direct"], tls)
        return self.start(name, [f"{ROOT}/sallyport", "serve", "--config", config], port or self.ports["gateway"],
                          {"JAVA_TOOL_OPTIONS": java_options} if java_options else None)

    # --- pgbench -----------------------------------------------------------------------------------------------------

    def pgbench_once(self, target, mode, pids, seconds, extra=()):
        prefix = f"{self.dir}/latency"
        for f in os.listdir(self.dir):
            if f.startswith("latency"):
                os.unlink(f"{self.dir}/{f}")
        before = sum(map(cpu_seconds, pids))
        out = run([f"{self.bin}/pgbench", "-S", "-n", "-M", mode, "-c", "8", "-j", "2", "-T", str(seconds), "-h", "127.0.0.1",
                   "-p", str(self.ports[target]), "-U", "bench", "--log", f"--log-prefix={prefix}", "--sampling-rate=0.2", *extra, "bench"],
                  env={**os.environ, "PGPASSWORD": "bench"}, cwd=self.dir)
        cpu = sum(map(cpu_seconds, pids)) - before
        tps = float(re.search(r"tps = ([0-9.]+)", out)[1])
        count = int(re.search(r"number of transactions actually processed: (\d+)", out)[1])
        if int((re.search(r"number of failed transactions: (\d+)", out) or [0, 0])[1]):
            sys.exit(f"pgbench had failures through {target}:\n{out}")
        latencies = []
        for f in os.listdir(self.dir):
            if f.startswith("latency"):
                with open(f"{self.dir}/{f}") as lines:
                    latencies += [int(line.split()[2]) for line in lines]
        latencies.sort()
        pick = lambda q: latencies[min(len(latencies) - 1, int(q * len(latencies)))] if latencies else 0
        return {"tps": tps, "cpu_us": cpu * 1e6 / max(1, count), "p50": pick(0.5), "p99": pick(0.99)}

    def warm_up(self, mode, most_seconds=120, step=5):
        """Until the JVM has compiled what the mode needs: its compilers take less than 3 % of a core."""
        begin = time.time()
        while True:
            before = compiler_seconds(self.gateway.pid)
            self.pgbench_once("gateway", mode, [], step)
            share = (compiler_seconds(self.gateway.pid) - before) / step
            if share < 0.03:
                return
            if time.time() - begin > most_seconds:
                print(f"  the JVM's compilers still take {share:.0%} of a core after {most_seconds} s of {mode}", flush=True)
                return

    def pgbench(self):
        pids = {"direct": [], "pgbouncer": [self.processes[1].pid], "gateway": [self.gateway.pid]}
        seconds = self.options.seconds
        print(f"pgbench -S, 8 clients, {self.options.rounds} interleaved rounds of {seconds} s per cell (medians); warming up ...", flush=True)
        for mode in MODES:
            self.warm_up(mode)
        results = {}
        for r in range(self.options.rounds):
            for mode in MODES:
                for target in ("direct", "gateway", "pgbouncer"):
                    results.setdefault((mode, target), []).append(self.pgbench_once(target, mode, pids[target], seconds))
                    print(f"  round {r + 1} {mode:9} {target:10} {results[(mode, target)][-1]['tps']:9.0f} tps", flush=True)
        median = lambda mode, target, key: statistics.median(x[key] for x in results[(mode, target)])
        print(f"\n{'mode':10} {'direct':>8} {'gateway':>8} {'bouncer':>8}   {'gw/bouncer':>10} {'gw/direct':>9}   "
              f"{'CPU us/txn gw':>13} {'bouncer':>8}   {'added p50 us':>12} {'p99':>6}   {'bouncer p50':>11} {'p99':>6}")
        ok = True
        for mode in MODES:
            ratio = statistics.median(g["tps"] / b["tps"] for g, b in zip(results[(mode, "gateway")], results[(mode, "pgbouncer")]))
            direct = statistics.median(g["tps"] / d["tps"] for g, d in zip(results[(mode, "gateway")], results[(mode, "direct")]))
            m = lambda t, k: median(mode, t, k)
            print(f"{mode:10} {m('direct', 'tps'):8.0f} {m('gateway', 'tps'):8.0f} {m('pgbouncer', 'tps'):8.0f}   {ratio:10.2f} {direct:9.2f}   "
                  f"{m('gateway', 'cpu_us'):13.1f} {m('pgbouncer', 'cpu_us'):8.1f}   {m('gateway', 'p50') - m('direct', 'p50'):12.0f} "
                  f"{m('gateway', 'p99') - m('direct', 'p99'):6.0f}   {m('pgbouncer', 'p50') - m('direct', 'p50'):11.0f} {m('pgbouncer', 'p99') - m('direct', 'p99'):6.0f}")
            ok &= ratio >= 0.7
        print(f"bar: gateway/PgBouncer >= 0.70 in every mode: {'reached' if ok else 'NOT reached'}\n")

    # --- COPY --------------------------------------------------------------------------------------------------------

    def copy_once(self, target):
        start = time.perf_counter()
        with open(os.devnull, "w") as null:
            process = subprocess.Popen(["psql", "-X", "-v", "ON_ERROR_STOP=1", "-qc", "copy public.bulk to stdout", "-h", "127.0.0.1",
                                        "-p", str(self.ports[target]), "-U", "bench", "bench"], stdout=subprocess.PIPE,
                                       env={**os.environ, "PGPASSWORD": "bench"})
            size = 0
            while chunk := process.stdout.read(1 << 20):
                size += len(chunk)
            if process.wait():
                sys.exit(f"copy through {target} failed")
        return time.perf_counter() - start, size

    def copy(self):
        times = {}
        for _ in range(2 + self.options.rounds):
            for target in ("direct", "gateway", "pgbouncer"):
                times.setdefault(target, []).append(self.copy_once(target))
        counted = {t: [x[0] for x in v[2:]] for t, v in times.items()}
        size = times["direct"][0][1]
        if any(x[1] != size for v in times.values() for x in v):
            sys.exit("COPY gave different amounts of data")
        ratio = statistics.median(g / d for g, d in zip(counted["gateway"], counted["direct"]))
        print(f"COPY out {size / 1e6:.0f} MB: direct {statistics.median(counted['direct']):.2f} s, gateway {statistics.median(counted['gateway']):.2f} s, "
              f"PgBouncer {statistics.median(counted['pgbouncer']):.2f} s; gateway/direct {ratio:.2f}")
        print(f"bar: gateway/direct <= 1.30: {'reached' if ratio <= 1.3 else 'NOT reached'}\n")

    # --- idle sessions -----------------------------------------------------------------------------------------------

    def idle(self, sessions=1000):
        upstream, port = free_port(), free_port()
        # A fixed, touched heap keeps heap growth out of the resident size, so that its growth is native memory.
        stand_in = self.start("stand-in", [sys.executable, f"{ROOT}/conformance/bench/login_only.py", str(upstream), str(self.ports["direct"])], upstream)
        gateway = self.start_gateway("idle", port, upstream, tls=True, java_options="-Xms256m -Xmx256m -XX:+AlwaysPreTouch")
        jcmd = shutil.which("jcmd") or os.path.join(os.path.dirname(os.readlink(f"/proc/{gateway.pid}/exe")), "jcmd")

        def used():
            time.sleep(1)
            for _ in range(2):
                run([jcmd, str(gateway.pid), "GC.run"])
            heap = sum(int(k) for k in re.findall(r"(?:PSYoungGen|ParOldGen|DefNew|Tenured|garbage-first heap).*?used (\d+)K", run([jcmd, str(gateway.pid), "GC.heap_info"])))
            with open(f"/proc/{gateway.pid}/status") as f:
                rss = int(re.search(r"VmRSS:\s+(\d+)", f.read())[1])
            return heap, rss

        # Sessions are already open at the first look, so that what the JVM compiles and loads for the first ones is not
        # taken for theirs.
        sizes = []
        asyncio.run(open_sessions(port, (sessions // 2, sessions), lambda: sizes.append(used())))
        heap, rss = (sizes[1][i] - sizes[0][i] for i in (0, 1))
        total = (heap + rss) / sessions
        print(f"{sessions} idle TLS sessions: heap {heap / sessions:.1f} KB, native {rss / sessions:.1f} KB, together {total:.1f} KB each")
        print(f"bar: < 40 KB: {'reached' if total < 40 else 'NOT reached'}\n")
        for p in (gateway, stand_in):
            p.terminate()

    # --- start -------------------------------------------------------------------------------------------------------

    def first_statement(self):
        times = []
        for i in range(1 + self.options.rounds):
            port = free_port()
            folder = f"{self.dir}/start{i}"
            config = self.write_gateway_config(folder, port, self.ports["direct"])
            begin = time.perf_counter()
            process = subprocess.Popen([f"{ROOT}/sallyport", "serve", "--config", config], stdout=open(f"{folder}/log", "w"),
                                       stderr=subprocess.STDOUT, start_new_session=True)
            self.processes.append(process)
            # Each psql takes a good part of a core: none before there is somebody to answer.
            wait_for_port(port, process, "gateway", f"{folder}/log")
            while subprocess.run(["psql", "-X", "-Atqc", "select abalance from pgbench_accounts where aid = 1", "-h", "127.0.0.1", "-p", str(port),
                                  "-U", "bench", "bench"], capture_output=True, env={**os.environ, "PGPASSWORD": "bench"}).returncode:
                if time.perf_counter() - begin > 60:
                    sys.exit(f"no answer within 60 s; see {folder}/log")
                time.sleep(0.01)
            times.append(time.perf_counter() - begin)
            process.terminate()
            process.wait(30)
        print(f"start to first answered statement: {statistics.median(times[1:]):.2f} s (first start {times[0]:.2f} s)")
        print(f"bar: < 2 s once built: {'reached' if statistics.median(times[1:]) < 2 else 'NOT reached'}\n")

    def main(self):
        only = self.options.only.split(",")
        print(f"in {self.dir}; starting PostgreSQL, PgBouncer and the gateway ...", flush=True)
        try:
            self.start_postgres()
            self.start_pgbouncer()
            self.gateway = self.start_gateway()
            if "pgbench" in only:
                self.pgbench()
            if "copy" in only:
                self.copy()
            if "idle" in only:
                self.idle()
            if "start" in only:
                self.first_statement()
        finally:
            for process in reversed(self.processes):
                if process.poll() is None:
                    process.terminate()
            for process in reversed(self.processes):
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
            if not self.options.keep:
                shutil.rmtree(self.dir, ignore_errors=True)


# --- a TLS client that logs in and then keeps still ------------------------------------------------------------------

async def log_in(port, context, salted):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(struct.pack("!ii", 8, 80877103))
    if await reader.readexactly(1) != b"S":
        raise RuntimeError("the gateway refuses TLS")
    await writer.start_tls(context)
    startup = struct.pack("!i", 196608) + b"user\0bench\0database\0bench\0\0"
    writer.write(struct.pack("!i", len(startup) + 4) + startup)

    async def message():
        kind, length = struct.unpack("!ci", await reader.readexactly(5))
        return kind, await reader.readexactly(length - 4)

    def send(payload):
        writer.write(b"p" + struct.pack("!i", len(payload) + 4) + payload)

    await message()
    bare = "n=,r=" + base64.b64encode(os.urandom(18)).decode()
    first = ("n,," + bare).encode()
    send(b"SCRAM-SHA-256\0" + struct.pack("!i", len(first)) + first)
    kind, body = await message()
    if kind != b"R" or struct.unpack("!i", body[:4])[0] != 11:
        raise RuntimeError(f"login refused: {body}")
    server_first = body[4:].decode()
    fields = dict(part.split("=", 1) for part in server_first.split(","))
    key = (fields["s"], fields["i"])
    if key not in salted:
        salted[key] = hashlib.pbkdf2_hmac("sha256", b"bench", base64.b64decode(fields["s"]), int(fields["i"]))
    client_key = hmac.digest(salted[key], b"Client Key", "sha256")
    without_proof = f"c=biws,r={fields['r']}"
    signature = hmac.digest(hashlib.sha256(client_key).digest(), f"{bare},{server_first},{without_proof}".encode(), "sha256")
    proof = base64.b64encode(bytes(a ^ b for a, b in zip(client_key, signature))).decode()
    send(f"{without_proof},p={proof}".encode())
    while True:
        kind, body = await message()
        if kind == b"E":
            raise RuntimeError(f"login refused: {body}")
        if kind == b"Z":
            return writer


async def open_sessions(port, counts, then):
    """Opens each of the counts on top of those before, and calls `then` after each."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    salted, writers = {}, []
    for count in counts:
        for start in range(0, count, 20):
            writers += await asyncio.gather(*(log_in(port, context, salted) for _ in range(min(20, count - start))))
        then()
    for writer in writers:
        writer.transport.abort()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=5, help="per pgbench cell")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="pgbench,copy,idle,start", help="comma-separated parts")
    parser.add_argument("--keep", action="store_true", help="keep the temporary folder")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    Bench(parser.parse_args()).main()
