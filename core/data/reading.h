// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/choices.h"
#include "core/data/dataset.h"
#include "core/data/readers.h"

namespace monge::reading {

/// What the readers share: claims checked before memory is taken, labels, and the checks that end each
/// reader.

/// Product of sizes, or nullopt when it is negative or does not fit.
std::optional<std::int64_t> product(std::span<const std::int64_t> sizes);

/// @throws Error when rows x columns single-precision values pass kMaxDatasetBytes.
void requireMemory(const std::string& subject, std::int64_t rows, std::int64_t columns);

/// A cell's value as a label. @throws Error when it is not an integer that fits an int.
int label(double value, const std::string& where);

/// A cell or name as it may stand in a message: quoted, cut to 40 bytes, control characters shown as '?'.
std::string quoted(std::string_view text);

/// The double-precision readers behind readNumbers().
NumberTable csvNumbers(const std::filesystem::path& file);
NumberTable npyNumbers(const std::filesystem::path& file);
NumberTable npzNumbers(const std::filesystem::path& file, const std::string& array);

/// What dataChoices() finds; both throw what the readers throw.
DataChoices csvChoices(const std::filesystem::path& file);
DataChoices npzChoices(const std::filesystem::path& file);

/// The first of `names` that people give to labels ("label", "class", "target", ...), in any case, or empty.
std::string usualLabels(const std::vector<std::string>& names);

/// "1 point", "3 points".
std::string counted(std::int64_t count, const std::string& noun);

/// The set as a reader hands it out: named after the file. @throws Error when a value is not finite, there
/// are fewer than 2 points, or all are equal.
Dataset finished(Dataset set, const std::filesystem::path& file);

/// At most `most` bytes of what a gzip stream holds; memory grows with what really comes out, never with a
/// claim.
/// @throws Error when the stream is damaged or ends early.
std::string gunzip(std::string_view compressed, std::uint64_t most, const std::string& subject);

}  // namespace monge::reading
