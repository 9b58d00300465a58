@echo off
rem Starts BitDistillery with the first JDK of version 25 or newer that it finds. Lies in bin\ beside lib\.
setlocal EnableExtensions DisableDelayedExpansion
set "NEEDED=25"
for %%I in ("%~dp0..") do set "HOME_DIR=%%~fI"
set "JAVA_EXE="

if defined JAVA_HOME call :try "%JAVA_HOME%\bin\java.exe"
if defined JAVA_EXE goto start
for /f "delims=" %%J in ('where java.exe 2^>nul') do call :try "%%J"
if defined JAVA_EXE goto start
for %%R in ("%HOME_DIR%\runtime") do call :try "%%~R\bin\java.exe"
for %%V in ("Eclipse Adoptium" Java Microsoft Zulu "Amazon Corretto" BellSoft) do (
  for /d %%D in ("%ProgramFiles%\%%~V\*") do call :try "%%~D\bin\java.exe"
)
for /d %%D in ("%USERPROFILE%\.jdks\*") do call :try "%%~D\bin\java.exe"
if defined JAVA_EXE goto start

echo BitDistillery needs a JDK %NEEDED% or newer and found none: install one (for example from https://adoptium.net) or set JAVA_HOME to it. 1>&2
exit /b 2

:start
"%JAVA_EXE%" --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseParallelGC -Xmn64m %BITDISTILLERY_JAVA_OPTS% -cp "%HOME_DIR%\lib\*" org.bitdistillery.Main %*
exit /b %ERRORLEVEL%

rem Takes a java.exe if none is taken yet and its feature version is high enough.
:try
if defined JAVA_EXE exit /b 0
if not exist "%~1" exit /b 0
if not exist "%~dp1..\release" exit /b 0
for /f "tokens=2 delims==" %%N in ('findstr /b "JAVA_VERSION=" "%~dp1..\release"') do (
  for /f "delims=." %%S in (%%N) do if %%S GEQ %NEEDED% set "JAVA_EXE=%~1"
)
exit /b 0
