"""What Windows and Azure bring to every machine of the article's population."""

from collections.abc import Mapping

from longtail.fleet.ports.package import Package

SYSTEM_NAMES: Mapping[float, str] = {
    0.97: """svchost conhost taskhostex taskhost rundll32 sc cmd sppsvc wermgr werfault schtasks taskeng defrag mrt
        wsqmcons lpremove mpsigstub ceipdata tzsync slui sppextcomobj aitagent dllhost services smss csrss wininit
        winlogon logonui lsass spoolsv consent userinit rdpclip dwm net net1 ipconfig reg w32tm vssvc msiexec""",
    0.6: """taskhostw usoclient wuauclt mousocoreworker compattelrunner cleanmgr dism poqexec wevtutil netsh bcdedit
        powercfg gpupdate runtimebroker searchindexer backgroundtaskhost sihost fontdrvhost wlrmdr
        mobsync tstheme rdpinit rdpshell dashost licensingdiag sdiagnhost devicecensus musnotification
        unsecapp vdsldr vds wbengine diskpart provtool upfc sdbinst drvinst pnputil regsvr32 winrshost""",
    0.25: """hostname whoami nslookup ping tracert netstat systeminfo tasklist taskkill find findstr robocopy xcopy
        icacls attrib certutil bitsadmin cscript wscript mmc eventvwr notepad mstsc explorer iexplore control perfmon
        resmon msinfo32 shutdown logoff quser query choice timeout where fc more sort tree chkdsk fsutil format label
        subst cacls takeown openfiles klist gpresult nltest setspn dsregcmd certreq cipher compact expand makecab""",
    0.04: """wbadmin vssadmin diskshadow ntdsutil dcdiag repadmin dsquery ldifde csvde djoin netdom dfsutil nfsadmin
        wdsutil servermanager oobe_setup sysprep slmgr odbcconf odbcad32 psr charmap calc mspaint snippingtool osk
        magnify narrator utilman sethc dxdiag eudcedit fxscover hh help iscsicli iscsicpl lodctr unlodctr logman
        typeperf relog tracerpt mountvol mqbkup mqsvc msdt msconfig ndadmin nbtstat netcfg ocsetup pkgmgr print
        printui prnmngr proquota psxss recover regini replace rasdial rasphone route runas sfc sigverif snmp snmptrap
        spwizeng srm sxstrace syskey telnet tftp ftp tlntsvr tpmvscmgr tscon tsdiscon tskill verifier waitfor wecutil
        wextract wiaacmgr winrs winver wlbs wusa xwizard""",
}
"""Programs of ``System32``, by how often a machine runs them within two weeks."""


def _system() -> str:
    lines = [
        f"{chance} \\Windows\\System32\\{name}.exe" for chance, names in SYSTEM_NAMES.items() for name in names.split()
    ]
    return "\n".join(lines)


BUILDS = ("9600.17709", "9600.18680", "14393.1715", "14393.2007", "17763.107", "7601.23403")
NET = ("v4.0.30319", "v2.0.50727")

WINDOWS = Package("windows", _system() + r"""
0.97 \Windows\System32\wbem\WmiPrvSE.exe
0.8 \Windows\System32\wbem\WMIADAP.exe
0.6 \Windows\SysWOW64\wbem\WmiPrvSE.exe
0.2 \Windows\System32\wbem\mofcomp.exe
0.2 \Windows\System32\wbem\WMIC.exe
0.5 \Windows\SysWOW64\rundll32.exe
0.3 \Windows\SysWOW64\cmd.exe
0.2 \Windows\SysWOW64\msiexec.exe
0.3 \Windows\SysWOW64\regsvr32.exe
0.5 \Windows\System32\WindowsPowerShell\v1.0\powershell.exe
0.08 \Windows\SysWOW64\WindowsPowerShell\v1.0\powershell.exe
0.97 \Windows\servicing\TrustedInstaller.exe
0.97 \Windows\WinSxS\{stack}\TiWorker.exe
0.9 \Windows\SoftwareDistribution\Download\Install\Windows-KB890830-x64-V5.{ver}-delta.exe
0.5 \Windows\SoftwareDistribution\Download\Install\AM_Delta.exe
0.3 \Windows\SoftwareDistribution\Download\Install\AM_Engine.exe
0.4 \Windows\explorer.exe
0.3 \Windows\Speech\Common\sapisvr.exe
0.1 \Windows\regedit.exe
0.05 \Windows\ImmersiveControlPanel\SystemSettings.exe
""", BUILDS)  # fmt: skip

DOTNET = Package(
    "dotnet",
    r"""
0.97 \Windows\Microsoft.NET\Framework64\{ver}\ngen.exe
0.95 \Windows\Microsoft.NET\Framework64\{ver}\mscorsvw.exe
0.95 \Windows\Microsoft.NET\Framework64\{ver}\ngentask.exe
0.9 \Windows\Microsoft.NET\Framework\{ver}\ngen.exe
0.93 \Windows\Microsoft.NET\Framework\{ver}\ngentask.exe
0.85 \Windows\Microsoft.NET\Framework\{ver}\mscorsvw.exe
0.2 \Windows\Microsoft.NET\Framework64\{ver}\csc.exe
0.15 \Windows\Microsoft.NET\Framework64\{ver}\cvtres.exe
0.05 \Windows\Microsoft.NET\Framework64\{ver}\aspnet_regiis.exe
0.04 \Windows\Microsoft.NET\Framework64\{ver}\InstallUtil.exe
0.03 \Windows\Microsoft.NET\Framework64\{ver}\RegAsm.exe
""",
    NET,
)

AZURE = Package(
    "azure",
    r"""
0.99 \WindowsAzure\GuestAgent_{ver}\CollectGuestLogs.exe
0.6 \WindowsAzure\GuestAgent_{ver}\WindowsAzureGuestAgent.exe
0.4 \WindowsAzure\GuestAgent_{ver}\WaAppAgent.exe
0.3 \WindowsAzure\Packages\CollectVMHealth.exe
0.3 \WindowsAzure\GuestAgent_{ver}\WaSecAgentProv.exe
""",
    ("2.7.1198.778", "2.7.1198.802", "2.7.41491.872", "2.7.41491.822"),
)

MONITORING = Package(
    "monitoring",
    r"""
0.97 \Packages\Plugins\{mma}\MMAExtensionHeartbeatService.exe
0.5 \Packages\Plugins\{mma}\MMAExtensionInstall.exe
0.97 \Program Files\Microsoft Monitoring Agent\Agent\HealthService.exe
0.97 \Program Files\Microsoft Monitoring Agent\Agent\MonitoringHost.exe
0.3 \Program Files\Microsoft Monitoring Agent\Agent\MOMPerfSnapshotHelper.exe
""",
    ("1.0.11049.6", "1.0.11081.1", "1.0.18001.0"),
)

EXTENSIONS = (
    Package("vm access", r"""
0.97 \Packages\Plugins\Microsoft.Compute.VMAccessAgent\{ver}\bin\JsonVMAccessExtension.exe
""", ("2.3", "2.4.2", "2.4.4")),
    Package("diagnostics", r"""
0.97 \Packages\Plugins\Microsoft.Azure.Diagnostics.IaaSDiagnostics\{ver}\DiagnosticsPlugin.exe
0.9 \Packages\Plugins\Microsoft.Azure.Diagnostics.IaaSDiagnostics\{ver}\DiagnosticsPluginLauncher.exe
0.9 \Packages\Plugins\Microsoft.Azure.Diagnostics.IaaSDiagnostics\{ver}\Monitor\x64\MonAgentCore.exe
0.9 \Packages\Plugins\Microsoft.Azure.Diagnostics.IaaSDiagnostics\{ver}\Monitor\x64\MonAgentHost.exe
""", ("1.9.3.0", "1.10.1.1", "1.11.1.0")),
    Package("antimalware", r"""
0.97 \Packages\Plugins\Microsoft.Azure.Security.IaaSAntimalware\{ver}\AMExtension.exe
0.9 \Program Files\Microsoft Security Client\MpCmdRun.exe
0.9 \Program Files\Microsoft Security Client\MsMpEng.exe
0.4 \Program Files\Microsoft Security Client\msseces.exe
""", ("1.3.0.0", "1.5.5.1")),
    Package("script extension", r"""
0.97 \Packages\Plugins\Microsoft.Compute.CustomScriptExtension\{ver}\bin\CustomScriptHandler.exe
""", ("1.8", "1.9")),
    Package("backup", r"""
0.97 \Packages\Plugins\Microsoft.Azure.RecoveryServices.VMSnapshot\{ver}\IaaSBcdrExtension.exe
0.5 \Program Files\Microsoft Azure Recovery Services Agent\bin\cbengine.exe
""", ("1.0.44.0", "1.0.51.0")),
)  # fmt: skip

FORGOTTEN = Package(
    "as the article lists it",
    r"""
1 \Windows\SoftwareDistribution\Download\Install\Windows-KB890830-x64-V5.{ver}-delta.exe
1 \WindowsAzure\GuestAgent_2.7.1198.778\CollectGuestLogs.exe
1 \Program Files\Microsoft Security Client\MpCmdRun.exe
1 \Windows\servicing\TrustedInstaller.exe
1 \Windows\WinSxS\{stack}\TiWorker.exe
1 \Program Files\Microsoft Office 15\ClientX64\OfficeC2RClient.exe
1 \Program Files\Java\jre1.8.0_144\bin\jp2launcher.exe
1 \Program Files\Java\jre1.8.0_144\bin\javaws.exe
1 \Program Files (x86)\Common Files\Java\Java Update\jucheck.exe
1 \Windows\Microsoft.NET\Framework64\v4.0.30319\ngen.exe
1 \Windows\Microsoft.NET\Framework64\v4.0.30319\mscorsvw.exe
1 \Windows\Microsoft.NET\Framework\v4.0.30319\ngen.exe
1 \Windows\Microsoft.NET\Framework\v4.0.30319\ngentask.exe
1 \Windows\System32\inetsrv\w3wp.exe
1 \Windows\System32\wbem\WmiPrvSE.exe
"""
    + "\n".join(f"1 \\Windows\\System32\\{name}.exe" for name in SYSTEM_NAMES[0.97].split()[:23]),
    BUILDS,
)
"""The machine that the article shows: Windows, its updates, Office and Java, and no SQL Server."""
