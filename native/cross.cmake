# Builds for another processor with Debian's cross compilers. FENCEPOST_GNU_NAME is what GNU calls it:
# src/architecture.ts has the table, scripts/build-prebuild.mjs hands the name on.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${FENCEPOST_GNU_NAME})
set(CMAKE_CXX_COMPILER ${FENCEPOST_GNU_NAME}-linux-gnu-g++)
# CMake reads this file again for each of its trials.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES FENCEPOST_GNU_NAME)
