# SPDX-License-Identifier: GPL-3.0-or-later
# Compiles the experiments of resources/presets into the program, so that it finds them wherever it is run.
file(GLOB preset_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/resources/presets/*.json)
set(MONGE_PRESET_DOCUMENTS "")
foreach(file ${preset_files})
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  string(APPEND MONGE_PRESET_DOCUMENTS "      {\"${name}\", R\"json(${text})json\"},\n")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
endforeach()
configure_file(${CMAKE_CURRENT_LIST_DIR}/preset_documents.cpp.in ${CMAKE_CURRENT_BINARY_DIR}/preset_documents.cpp @ONLY)
target_sources(monge_experiment PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/preset_documents.cpp)
