# SPDX-License-Identifier: GPL-3.0-or-later
# Compiler settings that every target shares, and the helpers that declare targets.

find_program(MONGE_CCACHE ccache)
if(MONGE_CCACHE)
  # Paths are hashed relative to the checkout, so that a second clone finds what the first one compiled.
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=time_macros CCACHE_NOHASHDIR=1
    CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${MONGE_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
endif()

add_library(monge_options INTERFACE)
target_compile_options(monge_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wno-psabi)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(monge_options INTERFACE -Wno-restrict)  # false alarms on std::string (GCC bug 105651)
endif()
target_include_directories(monge_options INTERFACE ${PROJECT_SOURCE_DIR})
if(MONGE_ASSERTIONS)
  string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()
# Line tables are enough for stack traces; full debug information of torch and CGAL takes gigabytes.
string(REPLACE "-g" "-g1" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")
if(MONGE_SANITIZE)
  add_compile_options(-fsanitize=${MONGE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MONGE_SANITIZE})
endif()

# monge_library(name SOURCES ... PUBLIC ... PRIVATE ...): a static library of one layer.
# What is PRIVATE stays out of its headers, so the layers above cannot include it by accident.
function(monge_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC monge_options ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
endfunction()
