// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/transport_files.h"

#include "core/base/error.h"

namespace monge {

void makeFolder(const std::filesystem::path& folder) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code || !std::filesystem::is_directory(folder))
    throw Error::failed(folder.string(),
                        "the folder cannot be made: " + (code ? code.message() : "a file is in its place"));
}

}  // namespace monge
