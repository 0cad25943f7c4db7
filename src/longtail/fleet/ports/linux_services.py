"""Software that listens on Linux servers, with the companions, client tools and leftovers of its packages."""

from longtail.fleet.ports.service import Service
from longtail.fleet.rhythm import daily, every, random, weekly

JAVA = "/usr/lib/jvm/java-17-openjdk-amd64/bin/java"
ERLANG = "/usr/lib/erlang/erts-13.1.5/bin"

SERVICES: tuple[Service, ...] = (
    Service("openssh", "linux", (22,), "/usr/sbin/sshd", start=r"""
systemd> /usr/sbin/sshd | /usr/sbin/sshd -D
""", companions=((random(3), r"sshd> /usr/sbin/sshd | sshd: {user} [priv]"),
                 (random(0.2), r"systemd> /usr/lib/openssh/sftp-server")), opened=0.92),
    Service("dropbear", "linux", (22,), "/usr/sbin/dropbear", start=r"""
systemd> /usr/sbin/dropbear | /usr/sbin/dropbear -EF -p 22 -W 65536
""", companions=((random(2), r"systemd> /usr/sbin/dropbear | /usr/sbin/dropbear -EF -p 22 -W 65536 -2 9"),),
            opened=0.92),
    Service("nginx", "linux", (80, 443), "/usr/sbin/nginx", account="www-data", start=r"""
systemd> /usr/sbin/nginx | /usr/sbin/nginx -t -q -g "daemon on; master_process on;"
systemd> /usr/sbin/nginx | nginx: master process /usr/sbin/nginx -g daemon on;
  /usr/sbin/nginx | nginx: worker process
""", companions=((daily(0, 5), r"""
systemd> sh: invoke-rc.d nginx rotate >/dev/null 2>&1
  /usr/sbin/invoke-rc.d | /bin/sh /usr/sbin/invoke-rc.d nginx rotate
"""), (weekly(3), r"systemd> /usr/sbin/nginx | /usr/sbin/nginx -g daemon on; master_process on; -s reload")),
            leftovers=r"cron> sh: find /var/log/nginx -name '*.gz' -delete", opened=0.95),
    Service("apache", "linux", (80, 443), "/usr/sbin/apache2", account="www-data", start=r"""
systemd> sh: /usr/sbin/apachectl start
  /usr/sbin/apache2 | /usr/sbin/apache2 -k start
""", companions=((daily(0, 5), r"""
systemd> sh: invoke-rc.d apache2 reload > /dev/null 2>&1
  /usr/sbin/apache2ctl | /bin/sh /usr/sbin/apache2ctl graceful
    /usr/sbin/apache2 | /usr/sbin/apache2 -k graceful
"""), (every(600), r"cron> sh: /usr/share/apache2/ask-for-passphrase --check")),
            leftovers=r"cron> sh: /usr/bin/htcacheclean -n -d120 -i -p/var/cache/apache2/mod_cache_disk -l300M",
            opened=0.95),
    Service("lighttpd", "linux", (80,), "/usr/sbin/lighttpd", account="www-data", start=r"""
systemd> /usr/sbin/lighttpd | /usr/sbin/lighttpd -tt -f /etc/lighttpd/lighttpd.conf
  /usr/share/lighttpd/create-mime.conf.pl
systemd> /usr/sbin/lighttpd-angel | /usr/sbin/lighttpd-angel -D -f /etc/lighttpd/lighttpd.conf
  /usr/sbin/lighttpd | /usr/sbin/lighttpd -D -f /etc/lighttpd/lighttpd.conf
""", companions=(
            (daily(0, 5), r"systemd> sh: if [ -x /usr/sbin/invoke-rc.d ]; then invoke-rc.d lighttpd reopen-logs; fi"),),
            opened=0.95),
    Service("caddy", "linux", (80, 443), "/usr/bin/caddy", account="caddy", start=r"""
systemd> /usr/bin/caddy | /usr/bin/caddy run --environ --config /etc/caddy/Caddyfile
""", companions=(
            (weekly(4), r"systemd> /usr/bin/caddy | /usr/bin/caddy reload --config /etc/caddy/Caddyfile --force"),),
            opened=0.95),
    Service("postgres", "linux", (5432,), "/usr/lib/postgresql/15/bin/postgres", account="postgres", start=r"""
systemd> /usr/bin/pg_ctlcluster | /usr/bin/perl /usr/bin/pg_ctlcluster --skip-systemctl-redirect 15-main start
  /usr/lib/postgresql/15/bin/pg_ctl | /usr/lib/postgresql/15/bin/pg_ctl start -D /var/lib/postgresql/15/main
    /usr/lib/postgresql/15/bin/postgres | /usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main
""", companions=((daily(4), r"cron> sh: /usr/lib/postgresql/15/bin/vacuumdb --all --analyze-in-stages"),
                 (random(0.3), r"/usr/lib/postgresql/15/bin/pg_isready | pg_isready -q")),
            leftovers=r"""
cron> sh: psql -h {server} -U {stem} -c 'select 1'
  /usr/lib/postgresql/15/bin/psql | psql -h {server} -U {stem} -c select 1

cron> sh: find /var/backups/postgresql -mtime +14 -delete
""", clients=r"""
cron> sh: psql -h {server} -U {stem} -f /opt/{stem}/{job}.sql
  /usr/lib/postgresql/15/bin/psql | psql -h {server} -U {stem} -f /opt/{stem}/{job}.sql
""", loopback=0.1),
    Service("mysql", "linux", (3306,), "/usr/sbin/mysqld", account="mysql", start=r"""
systemd> /usr/share/mysql-8.0/mysql-systemd-start | /bin/bash /usr/share/mysql-8.0/mysql-systemd-start pre
systemd> /usr/sbin/mysqld | /usr/sbin/mysqld
""", companions=((daily(0, 5), r"systemd> sh: /usr/bin/mysqladmin --defaults-file=/etc/mysql/debian.cnf flush-logs"),
                 (daily(2), r"cron> sh: mysqldump --single-transaction {db} | gzip > /var/backups/{db}.sql.gz")),
            leftovers=r"cron> sh: mysql -h {server} -u {stem} -e 'select 1'",
            clients=r"cron> sh: mysql -h {server} -u {stem} {db} -e 'call {job}()'", loopback=0.12),
    Service("mariadb", "linux", (3306,), "/usr/sbin/mariadbd", account="mysql", start=r"""
systemd> /usr/bin/galera_recovery | /bin/bash /usr/bin/galera_recovery
systemd> /usr/sbin/mariadbd | /usr/sbin/mariadbd
  /etc/mysql/debian-start | /bin/bash /etc/mysql/debian-start
    /usr/bin/mariadb-upgrade | /usr/bin/mariadb-upgrade --defaults-file=/etc/mysql/debian.cnf --version-check
""", companions=((daily(0, 5), r"systemd> sh: /usr/bin/mariadb-admin --defaults-file=/etc/mysql/debian.cnf flush-logs"),
                 (daily(2), r"cron> sh: mariadb-dump --single-transaction {db} | gzip > /var/backups/{db}.sql.gz")),
            leftovers=r"cron> sh: mariadb -h {server} -u {stem} -e 'select 1'",
            clients=r"cron> sh: mariadb -h {server} -u {stem} {db} -e 'call {job}()'", loopback=0.12),
    Service("postfix", "linux", (25,), "/usr/lib/postfix/sbin/master", start=r"""
systemd> /usr/sbin/postfix | /bin/sh /usr/sbin/postfix start
  /usr/lib/postfix/sbin/postfix-script | /bin/sh /usr/lib/postfix/sbin/postfix-script start
    /usr/lib/postfix/sbin/master | /usr/lib/postfix/sbin/master -w
""", companions=((every(70), r"""
/usr/lib/postfix/sbin/smtpd | smtpd -n smtp -t inet -u -c
/usr/lib/postfix/sbin/cleanup | cleanup -z -t unix -u -c
/usr/lib/postfix/sbin/local | local -t unix
"""), (every(101), r"/usr/lib/postfix/sbin/pickup | pickup -l -t unix -u -c")), loopback=0.12,
            leftovers=r"cron> sh: /usr/sbin/postqueue -p | tail -1"),
    Service("exim", "linux", (25,), "/usr/sbin/exim4", start=r"""
systemd> /etc/init.d/exim4 | /bin/sh /etc/init.d/exim4 start
  /usr/sbin/update-exim4.conf | /bin/sh /usr/sbin/update-exim4.conf
  /usr/sbin/exim4 | /usr/sbin/exim4 -bd -q30m
""", companions=((every(30), r"/usr/sbin/exim4 | /usr/sbin/exim4 -qG"),
                 (daily(0, 5), r"cron> sh: /etc/cron.daily/exim4-base")), loopback=0.2),
    Service("vsftpd", "linux", (21,), "/usr/sbin/vsftpd", start=r"""
systemd> /usr/sbin/vsftpd | /usr/sbin/vsftpd /etc/vsftpd.conf
""", companions=((random(6), r"/usr/sbin/vsftpd | /usr/sbin/vsftpd /etc/vsftpd.conf"),)),
    Service("proftpd", "linux", (21,), "/usr/sbin/proftpd", start=r"""
systemd> /usr/sbin/proftpd | /usr/sbin/proftpd --configtest -c /etc/proftpd/proftpd.conf
systemd> /usr/sbin/proftpd | /usr/sbin/proftpd --nodaemon -c /etc/proftpd/proftpd.conf
""", companions=((daily(0, 5), r"systemd> sh: invoke-rc.d proftpd restart 2>/dev/null >/dev/null || true"),
                 (weekly(5), r"cron> sh: /usr/sbin/ftpstats"))),
    Service("redis", "linux", (6379,), "/usr/bin/redis-check-rdb", account="redis", start=r"""
systemd> /usr/bin/redis-check-rdb | /usr/bin/redis-server 0.0.0.0:6379
""", companions=((every(240), r"cron> sh: /usr/bin/redis-cli info memory"),), loopback=0.25,
            clients=r"cron> sh: /usr/bin/redis-cli -h {server} ping"),
    Service("memcached", "linux", (11211,), "/usr/bin/memcached", account="memcache", start=r"""
systemd> /usr/share/memcached/scripts/systemd-memcached-wrapper
  /usr/bin/memcached | /usr/bin/memcached -m 64 -p 11211 -u memcache -l 0.0.0.0
""", loopback=0.3),
    Service("mongodb", "linux", (27017,), "/usr/bin/mongod", account="mongodb", start=r"""
systemd> /usr/bin/mongod | /usr/bin/mongod --config /etc/mongod.conf
""", companions=((daily(3), r"cron> sh: /usr/bin/mongodump --quiet --gzip --archive=/var/backups/{stem}.gz"),
                 (random(0.4), r"cron> sh: /usr/bin/mongosh --quiet --eval 'rs.status().ok'")), loopback=0.15,
            leftovers=r"cron> sh: /usr/bin/mongosh mongodb://{server}/{stem} --quiet --eval 'db.stats()'",
            clients=r"cron> sh: /usr/bin/mongosh mongodb://{server}/{stem} --quiet --file /opt/{stem}/{job}.js"),
    Service("rabbitmq", "linux", (5672,), f"{ERLANG}/beam.smp", account="rabbitmq", start=rf"""
systemd> /usr/lib/rabbitmq/bin/rabbitmq-server | /bin/sh /usr/sbin/rabbitmq-server
  {ERLANG}/beam.smp | {ERLANG}/beam.smp -W w -MBas ageffcbf -- -root /usr/lib/erlang -progname erl
    {ERLANG}/erl_child_setup | erl_child_setup 65536
    {ERLANG}/epmd | {ERLANG}/epmd -daemon
""", companions=((every(55), rf"""
{ERLANG}/inet_gethost | inet_gethost 4
"""), (every(180), r"cron> sh: /usr/sbin/rabbitmqctl -q list_queues")), shared=True),
    Service("elasticsearch", "linux", (9200,), "/usr/share/elasticsearch/jdk/bin/java", account="elasticsearch",
            start=r"""
systemd> /usr/share/elasticsearch/bin/systemd-entrypoint | /bin/sh /usr/share/elasticsearch/bin/systemd-entrypoint -p
  /usr/share/elasticsearch/jdk/bin/java | /usr/share/elasticsearch/jdk/bin/java -Xms4g -Xmx4g
  .. org.elasticsearch.bootstrap.Elasticsearch
    /usr/share/elasticsearch/modules/x-pack-ml/platform/linux-x86_64/bin/controller
""", companions=((daily(1), r"cron> sh: /usr/bin/curator --config /etc/curator/curator.yml /etc/curator/{stem^}.yml"),),
            shared=True, loopback=0.12),
    Service("tomcat", "linux", (8080,), JAVA, seat="tomcat-linux", account="tomcat", start=rf"""
systemd> {{home}}/bin/catalina.sh | /bin/sh {{home}}/bin/catalina.sh start
  {JAVA} | {JAVA} -Dcatalina.base={{home}} org.apache.catalina.startup.Bootstrap start
""", shared=True, leftovers=r"cron> sh: find /var/log/tomcat9 -name '*.log' -mtime +30 -delete"),
    Service("jenkins", "linux", (8080,), JAVA, account="jenkins", start=rf"""
systemd> {JAVA} | {JAVA} -Djava.awt.headless=true -jar /usr/share/java/jenkins.war --httpPort=8080
""", companions=((every(40), r"/usr/bin/git | git fetch --tags --force --progress -- https://{site}/{stem}.git"),),
            shared=True),
    Service("prometheus", "linux", (9090,), "/usr/bin/prometheus", account="prometheus", start=r"""
systemd> /usr/bin/prometheus | /usr/bin/prometheus --storage.tsdb.retention.time=30d
""", companions=((weekly(2), r"cron> sh: /usr/bin/promtool check config /etc/prometheus/prometheus.yml"),)),
    Service("node-exporter", "linux", (9100,), "/usr/bin/prometheus-node-exporter", account="prometheus", start=r"""
systemd> /usr/bin/prometheus-node-exporter
""", companions=((every(15), r"""
systemd> /usr/share/prometheus-node-exporter-collectors/apt.sh | /bin/bash apt.sh
  /usr/bin/sponge | sponge /var/lib/prometheus/node-exporter/apt.prom
"""),)),
    Service("in-house daemon", "linux", (7443,), "/opt/{company^}/{stem^}/bin/{stem^}d", account="inhouse", start=r"""
systemd> /opt/{company^}/{stem^}/bin/{stem^}d | @ --listen 0.0.0.0:7443
""", companions=((every(120), r"cron> sh: /opt/{company^}/{stem^}/bin/{stem^}ctl status"),)),
)  # fmt: skip

OTHERS: tuple[Service, ...] = (
    Service("haproxy", "linux", (80, 443, 1433, 3306, 5432, 25), "/usr/sbin/haproxy", account="haproxy", start=r"""
systemd> /usr/sbin/haproxy | /usr/sbin/haproxy -Ws -f /etc/haproxy/haproxy.cfg -p /run/haproxy.pid
  /usr/sbin/haproxy | /usr/sbin/haproxy -sf {pid!} -x /run/haproxy/admin.sock
""", companions=((daily(0, 5), r"systemd> /usr/sbin/haproxy | /usr/sbin/haproxy -c -f /etc/haproxy/haproxy.cfg"),)),
    Service("pgbouncer", "linux", (5432,), "/usr/sbin/pgbouncer", account="postgres", start=r"""
systemd> /usr/sbin/pgbouncer | /usr/sbin/pgbouncer /etc/pgbouncer/pgbouncer.ini
"""),
    Service("squid", "linux", (8080,), "/usr/sbin/squid", account="proxy", start=r"""
systemd> /usr/sbin/squid | /usr/sbin/squid --foreground -sYC
  /usr/lib/squid/log_file_daemon | (logfile-daemon) /var/log/squid/access.log
""", companions=((daily(0, 5), r"systemd> sh: test ! -e /run/squid.pid || /usr/sbin/squid -k rotate"),)),
    Service("in-house listener", "linux", (21, 25, 80, 6379, 8080, 27017), "/srv/{stem}/bin/{rnd}", start=r"""
systemd> /srv/{stem}/bin/{rnd} | @ --serve
"""),
)  # fmt: skip
"""What may be found on a port that is known for something else."""
