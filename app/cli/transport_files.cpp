// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/transport_files.h"

#include "core/base/error.h"
#include "core/data/readers.h"

namespace monge {

std::vector<double> massesFrom(const std::string& file) {
  if (file.empty()) return {};
  const RowsD values = readNumbers(file).values;
  if (values.cols() != 1)
    throw Error(file, std::to_string(values.cols()) + " columns", "1, a mass for each point");
  return {values.data(), values.data() + values.size()};
}

void makeFolder(const std::filesystem::path& folder) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code || !std::filesystem::is_directory(folder))
    throw Error::failed(folder.string(),
                        "the folder cannot be made: " + (code ? code.message() : "a file is in its place"));
}

}  // namespace monge
