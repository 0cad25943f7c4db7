"""What a tenant's monitoring, security, backup, deployment and update agents do on its Windows hosts."""

from longtail.fleet.habits import Habit
from longtail.fleet.rhythm import daily, every, from_some_day, random

HABITS: tuple[Habit, ...] = (
    Habit("scom scripts", "system", every(40), r"""
services> cscript.exe | "C:\Windows\system32\cscript.exe" /nologo "{scom}\Monitoring Host Temporary Files
.. {n!}\{nnnn!}\{stem^}Discovery.vbs"
  conhost.exe | {conhost}

services> cscript.exe | "C:\Windows\system32\cscript.exe" /nologo "MonitorKnowledgeDiscovery.vbs" {host} {guid^}
  conhost.exe | {conhost}
""", 0.97, 0.4, (1, 3)),
    Habit("scom desired state", "system", every(45), r"""
services> {scom}\CT_{id}\NativeDSC\DesiredStateConfiguration\ASMHost.exe | @ GetInventory
.. "{scom}\CT_{id}\work\ServiceState.mof"
  conhost.exe | {conhost}
""", 0.97, 0.3),
    Habit("scom encoded script", "system", every(120), """
services> powershell.exe | powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand
.. {longblob^}==
  conhost.exe | {conhost}
""", 0.9, 0.35, (1, 2)),
    Habit("azure guest agent", "system", every(240), r"""
services> C:\WindowsAzure\GuestAgent_2.7.4{nnnn^}.{nnn^}_2026-01-1{n^}_{id^}\CollectGuestLogs.exe | @ -Mode:ga
.. -FileName:C:\WindowsAzure\CollectGuestLogsTemp\{id!}.zip
  cmd.exe | "cmd" /c "set > C:\WindowsAzure\CollectGuestLogsTemp\{guid!}\env.txt"
    conhost.exe | {conhost}

services>
.. C:\Packages\Plugins\Microsoft.Azure.Monitor.AzureMonitorWindowsAgent\1.{nn^}.0.0\Monitoring\Agent\MonAgentCore.exe
.. | @ -configFile
""", 0.97, 0.4, (1, 2)),
    Habit("sccm policy", "system", every(110), r"""
services> C:\Windows\CCM\CcmExec.exe | C:\Windows\CCM\CcmExec.exe
  powershell.exe | "C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe" -NoLogo -Noninteractive -NoProfile
  .. -ExecutionPolicy Bypass & 'C:\Windows\CCM\SystemTemp\{guid!}.ps1'
    conhost.exe | {conhost}

services> C:\Windows\CCM\SCNotification.exe

services> C:\Windows\ccmcache\{rndmix}\{stem^}.exe | @ /S /norestart
""", 0.95, 0.4, (1, 3)),
    Habit("nagios checks", "system", every(24), r"""
services> C:\Program Files\NSClient++\nscp.exe | @ service --run --name nscp
  cmd.exe | cmd /c "C:\Program Files\NSClient++\scripts\check_{stem^}.bat" -w {nn^} -c {nn2^}
    conhost.exe | {conhost}

services> C:\Program Files\Zabbix Agent 2\zabbix_agent2.exe
  cmd.exe | cmd /C "powershell -NoProfile -File C:\zabbix\scripts\{stem^}.ps1"
    powershell.exe | powershell  -NoProfile -File C:\zabbix\scripts\{stem^}.ps1
""", 0.96, 0.45, (1, 3)),
    Habit("sql monitoring", "networkservice", every(60), r"""
services> C:\Program Files\Red Gate\SQL Monitor\BaseMonitor\RedGate.SqlMonitor.Worker.exe | @ --job {id!}

services> C:\Program Files\{company^}\DBWatch\{ver^}\dbwatch-collector.exe | @ -i {host} -t {nnn!}
""", 0.5, 0.2),
    Habit("falcon", "system", random(0.25), r"""
services> C:\Windows\System32\drivers\CrowdStrike\1{nnnn!}-FalconSensor_Windows.x64.exe
  .. | @ /quiet /norestart ProvNoWait=1

services> C:\Program Files\CrowdStrike\CSFalconService.exe
""", 0.95, 0.25),
    Habit("defender for endpoint", "system", every(180), r"""
services> C:\ProgramData\Microsoft\Windows Defender Advanced Threat Protection\Downloads\{rnd!}.exe
  powershell.exe | powershell.exe -ExecutionPolicy AllSigned -NoProfile -NonInteractive -Command
  .. "& {$OutputEncoding=[Console]::OutputEncoding; . 'C:\ProgramData\Microsoft\Windows Defender Advanced Threat
  .. Protection\DataCollection\{id!}.{id2!}.{nn!}-{digest!}\{guid!}.ps1'}"
    conhost.exe | {conhost}

services> C:\Program Files\Windows Defender Advanced Threat Protection\SenseCncProxy.exe | @ {guid!}
""", 0.95, 0.35, (1, 2)),
    Habit("qualys", "system", every(400), r"""
services> C:\Program Files\Qualys\QualysAgent\QualysAgent.exe
  C:\Windows\Temp\QAgent_{hex!}\{rnd!}.exe | @ -scan {guid!}

services> C:\Program Files\Tenable\Nessus Agent\nessus-agent-module.exe | @ -s {longhex!}
  C:\Program Files\Tenable\Nessus Agent\nessuscli.exe | @ agent status
""", 0.9, 0.4),
    Habit("veeam", "system", daily(22), r"""
services> C:\Windows\Veeam\Backup\VeeamGuestHelper.exe | @ --session {guid!}
  vssadmin.exe | vssadmin list writers

services> C:\Windows\VeeamVssSupport\VeeamGuestHelper_{rndmix!}.exe | @ -mode sql -id {guid!}
""", 0.8, 0.5),
    Habit("commvault", "system", daily(21), r"""
services> C:\Program Files\Commvault\ContentStore\Base\cvd.exe
  C:\Program Files\Commvault\ContentStore\Base\CLBackup.exe | @ -j {id!} -a 2:{nnn!} -vm {host}

services> C:\Program Files\Veritas\NetBackup\bin\bpbkar32.exe | @ -r 2678400 -ru root -dt 0 -to 0 -clnt {host}
.. -jobid {id!}
""", 0.8, 0.35),
    Habit("browser update", "system", every(300), r"""
schedule> C:\Program Files (x86)\Microsoft\EdgeUpdate\MicrosoftEdgeUpdate.exe | @ /ua /installsource scheduler
  C:\Program Files (x86)\Microsoft\EdgeUpdate\Install\{bguid!}\MicrosoftEdge_X64_{longver!}.exe | @ --msedge
  .. --system-level

schedule> C:\Program Files (x86)\Google\Update\GoogleUpdate.exe | @ /ua /installsource scheduler

schedule> C:\Program Files (x86)\Google\GoogleUpdater\{longver^}\updater.exe | @ --wake --system
""", 0.5),
    Habit("puppet", "system", every(45), r"""
services> C:\Program Files\Puppet Labs\Puppet\puppet\bin\ruby.exe | @ -S -- puppet agent --onetime --no-daemonize
  powershell.exe | powershell.exe -NoProfile -NonInteractive -NoLogo -ExecutionPolicy Bypass
  .. -File C:\ProgramData\PuppetLabs\puppet\cache\state\{stem^}-{hex!}.ps1
    conhost.exe | {conhost}
""", 0.9, 0.18),
    Habit("ansible", "human", random(0.15), r"""
winrm> powershell.exe | PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand {longblob!}
  conhost.exe | {conhost}
  powershell.exe | "C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe" -noninteractive -encodedcommand
  .. {longblob2!}
""", 0.8, 0.25, (1, 3)),
    Habit("hardware", "system", every(180), r"""
services> C:\Program Files\VMware\VMware Tools\vmtoolsd.exe
  cmd.exe | C:\Windows\system32\cmd.exe /c ""C:\Program Files\VMware\VMware Tools\poweron-vm-default.bat""

services> C:\Program Files\Dell\SysMgt\dsm_sa_datamgr64.exe | @ --poll {nn!}

services> C:\Program Files\Amazon\SSM\ssm-agent-worker.exe
  C:\Program Files\Amazon\SSM\ssm-document-worker.exe | @ {guid!}
""", 0.8, 0.7),
    Habit("in-house agent", "system", every(40), r"""
services> C:\Program Files\{company^}\{stem^}Agent\{ver^}\{stem^}agent.exe | @ --heartbeat

schedule> C:\ProgramData\{company^}\{rnd^}\{stem^}upd.exe | @ /silent /check
""", 0.93, 0.6, (1, 2)),
    Habit("software of one host", "system", from_some_day(every(180)), r"""
services> C:\Program Files\{company}\{stem}{rnd}\{stem}svc.exe | @ -poll

schedule> {folder}\{jobname}.exe | @ /auto

services> {drive}:\{company}\{rnd}\bin\{rndmix}.exe | @ --daemon
""", 0.25),
    Habit("setup on one host", "system", random(0.03), r"""
installer> C:\Windows\Installer\MSI{shorthex!}.tmp | @ /i {bguid!}
  C:\Windows\Temp\{bguid!}\.ba\{stem!}setup.exe | @ -burn.unelevated BurnPipe.{bguid!} {guid!} {pid!}

schedule> C:\Windows\Temp\ns{rnd!}.tmp\{rnd!}.exe | @ /S

services> C:\Windows\Temp\is-{rnd!}.tmp\{stem!}.tmp | @ /SL5="$100{hex!},{id!},121344,C:\Windows\Temp\{stem!}.exe"
""", 0.5),
)  # fmt: skip
