// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace monge {

/// 60000 -> "60,000"
std::string grouped(std::int64_t number);
/// 3725 -> "1 h 2 min", 62 -> "1 min 2 s", 4.2 -> "4 s"
std::string duration(double seconds);
/// Four significant digits: "0.9512", "14500", "1e-05".
std::string figure(double value);
/// A JSON value for people: numbers as figures, lists as "32,16,8", "-" for none.
std::string figure(const nlohmann::json& value);

/// "1 curve", "3,000 curves".
std::string countOf(std::size_t number, const std::string& one, const std::string& many);

/// A word that the shell takes as one, whatever it holds.
std::string shellQuoted(const std::string& word);
std::string shellCommand(const std::vector<std::string>& words);

/// Rows in columns two blanks apart; the last column is not padded.
std::string table(const std::vector<std::vector<std::string>>& rows, const std::string& indent = "");

/// Text broken between words so that lines are at most `width` bytes long, each after `indent`.
std::string wrapped(const std::string& text, std::size_t width, const std::string& indent);

}  // namespace monge
