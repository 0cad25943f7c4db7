"""What Windows itself does all day: services, tasks, WMI, error reports, boots."""

from longtail.fleet.habits import Habit
from longtail.fleet.rhythm import daily, every, random

WMI = r"wmiprvse.exe | C:\Windows\system32\wbem\wmiprvse.exe -secured -Embedding"
DEFENDER = r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.{nnnn^}.{n^}-0\MpCmdRun.exe"
SURROGATES = """
dcom> dllhost.exe | C:\\Windows\\system32\\DllHost.exe /Processid:{E10F6C3A-F1AE-4ADC-AA9D-2FE65525666E}

dcom> dllhost.exe | C:\\Windows\\system32\\DllHost.exe /Processid:{3EB3C877-1F16-487C-9050-104DBCD66683}

dcom> dllhost.exe | C:\\Windows\\system32\\DllHost.exe /Processid:{AB8902B4-09CA-4BB6-B78D-A8F59079A8D5}
"""

HABITS: tuple[Habit, ...] = (
    Habit("wmi provider, network", "networkservice", every(30), "dcom> " + WMI),
    Habit("wmi provider, system", "system", every(45), "dcom> " + WMI),
    Habit("wmi provider, local", "localservice", every(70), "dcom> " + WMI),
    Habit("wmi provider, 32 bits", "system", every(60), r"dcom> C:\Windows\SysWOW64\wbem\WmiPrvSE.exe"
          r" | C:\Windows\sysWOW64\wbem\wmiprvse.exe -secured -Embedding", 0.5),
    Habit("task host", "system", every(40), "schedule> taskhostw.exe | taskhostw.exe SYSTEM"),
    Habit("task host, license", "networkservice", every(600), "schedule> taskhostw.exe | taskhostw.exe NetworkService"),
    Habit("background task", "localservice", every(300), "schedule> taskhostw.exe | taskhostw.exe KEYROAMING", 0.6),
    Habit("surrogate", "system", every(35), SURROGATES, copies=(1, 3)),
    Habit("service host", "system", every(50), r"""
services> svchost.exe | C:\Windows\system32\svchost.exe -k netsvcs -p -s wlidsvc

services> svchost.exe | C:\Windows\system32\svchost.exe -k wsappx -p -s ClipSVC

services> svchost.exe | C:\Windows\System32\svchost.exe -k wusvcs -p -s WaaSMedicSvc

services> svchost.exe | C:\Windows\system32\svchost.exe -k netsvcs -p -s BITS
""", copies=(2, 4)),
    Habit("service host, local", "localservice", every(170), r"""
services> svchost.exe | C:\Windows\system32\svchost.exe -k LocalService -p -s fdPHost

services> svchost.exe | C:\Windows\system32\svchost.exe -k LocalServiceNetworkRestricted -p -s WinHttpAutoProxySvc
"""),
    Habit("software protection", "networkservice", every(330),
          r"services> sppsvc.exe | C:\Windows\system32\sppsvc.exe"),
    Habit("module installer", "system", every(420), r"""
services> C:\Windows\servicing\TrustedInstaller.exe
  C:\Windows\WinSxS\amd64_microsoft-windows-servicingstack_31bf3856ad364e35_10.0.{nnnn^}.{nnn^}_none_{longhex^}\TiWorker.exe
  .. | @ -Embedding
"""),
    Habit("defrag", "system", daily(1), r"schedule> defrag.exe | C:\Windows\system32\defrag.exe -c -h -o -$"),
    Habit("appraiser", "system", daily(3, chance=0.6), r"""
schedule> CompatTelRunner.exe | C:\Windows\system32\compattelrunner.exe
  conhost.exe | {conhost}
  CompatTelRunner.exe | C:\Windows\system32\CompatTelRunner.exe -m:appraiser.dll -f:DoScheduledTelemetryRun
  .. -cv:{rndmix!}.1
"""),
    Habit("rundll tasks", "system", every(900), r"""
schedule> rundll32.exe | C:\Windows\system32\rundll32.exe /d acproxy.dll,PerformAutochkOperations

schedule> rundll32.exe | C:\Windows\system32\rundll32.exe Startupscan.dll,SusRunTask

schedule> rundll32.exe | C:\Windows\system32\rundll32.exe sysmain.dll,PfSvWsSwapAssessmentTask

schedule> rundll32.exe | C:\Windows\system32\rundll32.exe Windows.Storage.ApplicationData.dll,CleanupTemporaryState
""", copies=(1, 3)),
    Habit("update", "system", every(200), r"""
update> C:\Windows\System32\wuauclt.exe | "C:\Windows\system32\wuauclt.exe" /UpdateDeploymentProvider
  .. UpdateDeploymentProvider.dll /ClassId {guid!} /RunHandlerComServer

schedule> UsoClient.exe | C:\Windows\system32\usoclient.exe StartScan

netsvcs> MoUsoCoreWorker.exe | C:\Windows\System32\mousocoreworker.exe -Embedding
""", copies=(1, 2)),
    Habit("defender", "system", every(240), rf"""
services> {DEFENDER} | @ SignatureUpdate -ScheduleJob -RestrictPrivileges

services> {DEFENDER} | @ Scan -ScheduleJob -RestrictPrivileges -ScanTrigger 55
""", tenant_share=0.7),
    Habit("disk cleanup", "system", daily(4, chance=0.4), r"""
schedule> cleanmgr.exe | C:\Windows\system32\cleanmgr.exe /autoclean /d C:
  C:\Windows\Temp\{bguid!}\DismHost.exe | C:\Windows\TEMP\{bguid!}\dismhost.exe {guid!}
""", 0.5),
    Habit("error report", "system", random(0.3), r"""
netsvcs> WerFault.exe | C:\Windows\system32\WerFault.exe -pss -s {nnn!} -p {pid!} -ip {pid!}

netsvcs> wermgr.exe | C:\Windows\system32\wermgr.exe -upload
"""),
    Habit("boot", "system", random(0.03), r"""
smss> smss.exe | \SystemRoot\System32\smss.exe 000000{nn!} 0000008c
  csrss.exe | %SystemRoot%\system32\csrss.exe ObjectDirectory=\Windows SharedSection=1024,20480,768
  wininit.exe | wininit.exe
    services.exe | C:\Windows\system32\services.exe
      svchost.exe | C:\Windows\system32\svchost.exe -k DcomLaunch -p
      svchost.exe | C:\Windows\system32\svchost.exe -k RPCSS -p
      spoolsv.exe | C:\Windows\System32\spoolsv.exe
      svchost.exe | C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule
    lsass.exe | C:\Windows\system32\lsass.exe
"""),
    Habit("logon screen", "system", random(0.8), r"""
smss> winlogon.exe | winlogon.exe
  LogonUI.exe | "LogonUI.exe" /flags:0x2 /state0:0xa3{nnn!}055 /state1:0x41c64e6d
  fontdrvhost.exe | "fontdrvhost.exe"
"""),
    Habit("certificates, by the system", "system", random(0.04), r"""
schedule> certutil.exe | certutil -pulse

services> certutil.exe | C:\Windows\System32\certutil.exe -f -urlfetch -verify C:\Windows\Temp\{rnd!}.cer
""", 0.4),
    Habit("bits, by the system", "system", random(0.05), r"""
schedule> bitsadmin.exe | bitsadmin.exe /transfer {jobname^} /download /priority normal
  .. http://wsus.{dnsdomain}/content/{kb!}.cab C:\Windows\Temp\{kb!}.cab

schedule> powershell.exe | powershell.exe -NoProfile -Command "Get-BitsTransfer -AllUsers | Complete-BitsTransfer"
""", 0.3),
    Habit("registering libraries", "system", random(0.03), r"""
installer> C:\Windows\System32\regsvr32.exe | regsvr32.exe /s "C:\Program Files\{company}\{stem}\{rnd}.dll"

installer> C:\Windows\SysWOW64\regsvr32.exe | C:\Windows\SysWOW64\regsvr32.exe /s /u "C:\Program Files
.. (x86)\{company}\{stem}.ocx"

installer> rundll32.exe | rundll32.exe "C:\Windows\Installer\MSI{shorthex!}.tmp",zzzzInvokeManagedCustomActionOutOfProc
  .. SfxCA_{id!} {nn!} {company}.Actions!{stem}.Install
""", 0.3),
)  # fmt: skip
