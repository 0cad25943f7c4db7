"""What Linux servers do: cron, log rotation, updates, web scripts, database archiving, people logged in."""

from longtail.fleet.habits import Habit
from longtail.fleet.rhythm import daily, every, from_some_day, office, once, random, weekly

CRON = r"""
cron> sh: [ -x /etc/init.d/anacron ] && if [ ! -d /run/systemd/system ]; then /usr/sbin/invoke-rc.d anacron start; fi

cron> sh: cd / && run-parts --report /etc/cron.hourly

cron> sh: test -x /usr/sbin/anacron || run-parts --report /etc/cron.daily

cron> sh: command -v debian-sa1 > /dev/null && debian-sa1 1 1

cron> sh: /usr/local/bin/{job}_{stem}.sh >> /var/log/{job}.log 2>&1

cron> sh: /opt/{stem}/bin/{job} --quiet
"""

HABITS: tuple[Habit, ...] = (
    Habit("cron", "root", every(30), CRON, copies=(1, 3)),
    Habit("system timers", "root", every(170), r"""
systemd> /usr/lib/systemd/systemd-tmpfiles | systemd-tmpfiles --clean

systemd> /usr/lib/apt/apt.systemd.daily | /bin/sh /usr/lib/apt/apt.systemd.daily update
  /usr/bin/apt-get | apt-get -qq -y update
    /usr/lib/apt/methods/https
    /usr/bin/dpkg | dpkg --print-foreign-architectures

systemd> /usr/bin/certbot | /usr/bin/python3 /usr/bin/certbot -q renew
  /usr/bin/python3.11 | /usr/bin/python3 /usr/bin/certbot -q renew

systemd> /usr/sbin/fstrim | /sbin/fstrim --listed /etc/fstab:/proc/self/mountinfo --quiet-unsupported

systemd> /usr/bin/snap | /usr/bin/snap auto-refresh
""", copies=(2, 4)),
    Habit("log rotation", "root", daily(0, 2), r"""
systemd> /usr/sbin/logrotate | /usr/sbin/logrotate /etc/logrotate.conf
  sh: invoke-rc.d rsyslog rotate > /dev/null
  /usr/bin/gzip | /bin/gzip
"""),
    Habit("monitoring", "root", every(15), r"""
systemd> /usr/bin/zabbix_agentd | /usr/sbin/zabbix_agentd --foreground
  sh: /etc/zabbix/scripts/{stem^}.sh {n^}
    /usr/bin/awk | awk {print $2}

systemd> /usr/sbin/nrpe | /usr/sbin/nrpe -c /etc/nagios/nrpe.cfg -f
  sh: /usr/lib/nagios/plugins/check_disk -w {nn^} -c {n^}%

systemd> /usr/bin/telegraf | /usr/bin/telegraf -config /etc/telegraf/telegraf.conf
  /usr/bin/ps | ps -axo state

systemd> /opt/microsoft/omsagent/bin/omsagent | /opt/microsoft/omsagent/ruby/bin/ruby omsagent
  sh: /opt/omi/bin/OMSConsistencyInvoker >/dev/null 2>&1
"""),
    Habit("health checks", "root", every(15), r"""
systemd> /usr/bin/curl | curl -fsS http://127.0.0.1:{port^}/health

systemd> sh: pgrep -f {stem^} > /dev/null

systemd> /usr/bin/systemctl | systemctl is-active {stem^}
""", copies=(1, 2)),
    Habit("configuration", "root", every(90), r"""
systemd> /opt/puppetlabs/puppet/bin/ruby | /opt/puppetlabs/puppet/bin/ruby /opt/puppetlabs/bin/puppet agent
.. --no-daemonize
  /usr/bin/dpkg-query | /usr/bin/dpkg-query -W --showformat '${Status} ${Package}'
  sh: /tmp/puppet-{hex!}.sh

sshd> sh: echo BECOME-SUCCESS-{rnd!} ; /usr/bin/python3
.. /root/.ansible/tmp/ansible-tmp-{id!}.{nn!}-{pid!}-{id2!}/AnsiballZ_command.py
""", 0.8),
    Habit("web jobs", "web-linux", every(90), r"""
cron> sh: php {web}/artisan schedule:run >> /dev/null 2>&1

cron> sh: php -f {web}/cron.php

cron> sh: cd {web} && /usr/bin/php bin/console {stem}:{job} --env=prod
""", 0.85, copies=(1, 2)),
    Habit("web programs", "web-linux", random(10), r"""
sh: /usr/sbin/sendmail -t -i -fnoreply@{site}

sh: convert {web}/uploads/{hex!}.png -resize 300x {web}/cache/{hex!}.jpg

sh: /usr/local/bin/wkhtmltopdf --quiet http://localhost/{stem}/{id!} /tmp/{rndmix!}.pdf

sh: git -C {web} rev-parse HEAD

sh: ffmpeg -i {web}/uploads/{guid!}.mp4 -vf scale=640:-1 {web}/media/{guid!}.mp4

sh: uptime; df -h

sh: curl -s https://{site}/{job}/{id!}

sh: {web}/bin/{jobname}.sh {id!}
  /usr/bin/tar | tar czf /tmp/{job}_{id!}.tgz {web}/storage
""", 0.85, copies=(1, 3)),
    Habit("web, a single time", "web-linux", once(), r"""
sh: {web}/bin/{rnd} --migrate

sh: id; ls -la {web}

sh: php {web}/{rnd}.php

sh: wget -q https://{site}/{stem}.zip -O /tmp/{stem}.zip
""", 0.35, copies=(1, 2)),
    Habit("archiving", "postgres", every(45), r"""
sh: cp pg_wal/{wal!} /var/lib/postgresql/archive/{wal!}

sh: test ! -f /mnt/{stem}/{wal!} && cp pg_wal/{wal!} /mnt/{stem}/{wal!}

sh: pgbackrest --stanza={stem} archive-push pg_wal/{wal!}

sh: rsync -a pg_wal/{wal!} {server}:/srv/wal/{wal!}

sh: gzip < pg_wal/{wal!} > /srv/{stem}/wal/{wal!}.gz
"""),
    Habit("database jobs", "postgres", daily(2), r"""
cron> sh: pg_dump -Fc {db} > /var/backups/{db}_{today!}.dump

cron> sh: /usr/local/bin/{jobname}.sh
  /usr/lib/postgresql/15/bin/vacuumdb | vacuumdb -a -z

sh: cat /srv/{stem}/{job}_{today!}.csv

sh: gunzip -c /srv/import/{stem}_{today!}.csv.gz
""", 0.8, copies=(1, 2)),
    Habit("database, a single time", "postgres", once(), r"""
sh: df -h /var/lib/postgresql

sh: ls -l /srv/{stem}

sh: curl -s https://{site}/{stem}.csv

sh: /opt/{stem}/bin/{rnd} {db}
""", 0.4, copies=(1, 2)),
    Habit("mysql jobs", "mysql", daily(3), r"""
cron> sh: mysqldump --single-transaction {db} | gzip > /var/backups/{db}_{today!}.sql.gz

cron> sh: /usr/local/bin/{jobname}.sh

cron> sh: xtrabackup --backup --target-dir=/srv/backup/{today!}
""", copies=(1, 2)),
    Habit("tomcat programs", "tomcat-linux", random(3), r"""
sh: {home}/bin/{jobname}.sh {id!}
  /usr/bin/java | java -jar {home}/lib/{job}.jar {id!}

/usr/bin/python3 | python3 /opt/{stem}/{job}.py --id {id!}

sh: df -Ph {home}

/usr/bin/lpr | lpr -P {stem} /tmp/{hex!}.pdf

sh: {home}/bin/setenv.sh
""", copies=(1, 3)),
    Habit("tomcat, a single time", "tomcat-linux", once(), r"""
sh: id

sh: ps -ef | grep java

sh: {home}/webapps/{stem}/WEB-INF/bin/{rnd}

sh: curl -sO https://{site}/{stem}.war
""", 0.35, copies=(1, 2)),
    Habit("logged in", "login", office(3), r"""
/usr/bin/sudo | sudo -i
  !root /usr/bin/bash | -bash
    !root /usr/bin/systemctl | systemctl restart {stem}
    !root /usr/bin/journalctl | journalctl -u {stem} -n {nn!}

/usr/bin/ls | ls --color=auto -la
/usr/bin/tail | tail -f /var/log/{stem}.log
/usr/bin/ps | ps aux

/usr/bin/vim | vim /etc/{stem}/{job}.conf

/usr/bin/curl | curl -sSL https://{site}/install.sh
/usr/bin/bash | bash /tmp/{rndmix!}.sh

/usr/bin/git | git pull
""", 0.8, copies=(1, 3)),
    Habit("software of one server", "root", from_some_day(every(120)), r"""
systemd> /opt/{company}/{stem}{rnd}/bin/{stem}d | @ --foreground

cron> sh: /home/{user}/{jobname}.sh
""", 0.3),
    Habit("root's week", "root", weekly(4), CRON, 0.6),
)  # fmt: skip
