// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/pdf_content.h"

#include <QList>
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "views/vector_pen.h"

namespace monge::views {
namespace {

constexpr double kPrecision = 0.005;  ///< points
constexpr int kColourDecimals = 3;    ///< a quarter of a step of 8 bits
constexpr int kUnknown = -1;

bool isBlank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}

bool isDelimiter(char c) {
  return isBlank(c) || c == '(' || c == ')' || c == '<' || c == '>' || c == '[' || c == ']' || c == '/';
}

/// Words of a content stream: operands, in which an array or a string is one word, and operators.
class Words {
 public:
  explicit Words(const QByteArray& content) : m_content(content) {}

  /// Empty at the end.
  QByteArray next() {
    while (m_at < m_content.size() && isBlank(m_content[m_at])) ++m_at;
    const qsizetype start = m_at;
    if (m_at == m_content.size()) return {};
    const char first = m_content[m_at++];
    if (first == '(') return skipString(), word(start);
    if (first == '[') return skipTo(']'), word(start);
    if (first == '<') return skipTo('>'), word(start);
    while (m_at < m_content.size() && !isDelimiter(m_content[m_at])) ++m_at;
    return word(start);
  }

 private:
  QByteArray word(qsizetype start) const { return m_content.mid(start, m_at - start); }
  void require(bool condition) const {
    if (!condition) throw Error::failed("figure", "a page of this PDF ends within a string");
  }
  void skipTo(char end) {
    while (m_at < m_content.size() && m_content[m_at] != end) {
      ++m_at;
      if (m_content[m_at - 1] == '(') skipString();
    }
    require(m_at++ < m_content.size());
  }
  /// Past the bracket that closes the one before.
  void skipString() {
    for (int depth = 1; depth > 0; ++m_at) {
      require(m_at < m_content.size());
      const char c = m_content[m_at];
      if (c == '\\') ++m_at;
      depth += (c == '(') - (c == ')');
    }
  }

  const QByteArray& m_content;
  qsizetype m_at = 0;
};

QByteArray rounded(const QByteArray& number, int decimals) {
  QByteArray text = QByteArray::number(number.toDouble(), 'f', decimals);
  if (!text.contains('.')) return text == "-0" ? QByteArray("0") : text;
  while (text.endsWith('0')) text.chop(1);
  if (text.endsWith('.')) text.chop(1);
  return text == "-0" ? QByteArray("0") : text;
}

/// What strokes and fills are made with.
struct State {
  QByteArray fillSpace, fill, strokeSpace, stroke, graphics;
  std::array<QByteArray, 5> line;  ///< operands of w J j M d
  int opacity = kUnknown;          ///< of strokes
  double scale = 1;                ///< points a unit
};

constexpr std::array kLineOperators = {"w", "J", "j", "M", "d"};
enum LinePart { Width, Cap, Join, Limit, Dash };

class Compactor {
 public:
  PdfContent run(const QByteArray& content) {
    Words words(content);
    QList<QByteArray> operands;
    for (QByteArray word = words.next(); !word.isEmpty(); word = words.next()) {
      const char first = word[0];
      const bool isOperator =
          (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z') || first == '\'' || first == '"';
      if (!isOperator) {
        operands << word;
        continue;
      }
      take(word, operands);
      operands.clear();
    }
    return {std::move(m_out), std::move(m_opacities)};
  }

 private:
  void take(const QByteArray& op, const QList<QByteArray>& operands) {
    if (op == "q") return save();
    if (op == "Q") return restore();
    if (setState(op, operands) || addToPath(op, operands)) return;
    if (op == "cm") return transform(operands);
    if (op == "W" || op == "W*" || op == "n") return clip(op);
    if (op == "S") return paint(op, false, true);
    if (op == "f" || op == "f*") return paint(op, true, false);
    if (op == "B" || op == "B*") return paint(op, true, true);
    emitState(true, true);
    write(operands, op);
  }

  void write(const QList<QByteArray>& operands, const QByteArray& op) {
    for (const QByteArray& operand : operands) m_out += operand + ' ';
    m_out += op + '\n';
  }

  void save() {
    m_stack.push_back({m_wanted, m_there});
    m_out += "q\n";
  }

  void restore() {
    if (m_stack.empty()) throw Error::failed("figure", "a page of this PDF restores what it never saved");
    std::tie(m_wanted, m_there) = m_stack.back();
    m_stack.pop_back();
    if (m_out.endsWith("\nq\n") || m_out == "q\n")
      m_out.chop(2);
    else
      m_out += "Q\n";
  }

  void transform(const QList<QByteArray>& operands) {
    if (operands.size() == 6) {
      const double a = operands[0].toDouble(), b = operands[1].toDouble(), c = operands[2].toDouble(),
                   d = operands[3].toDouble();
      m_wanted.scale *= std::sqrt(std::abs(a * d - b * c));
    }
    write(operands, "cm");
  }

  bool setState(const QByteArray& op, const QList<QByteArray>& operands) {
    if (op == "cs")
      m_wanted.fillSpace = operands.join(' '), m_wanted.fill.clear();
    else if (op == "CS")
      m_wanted.strokeSpace = operands.join(' '), m_wanted.stroke.clear();
    else if (op == "scn")
      m_wanted.fill = colour(operands);
    else if (op == "SCN")
      m_wanted.stroke = colour(operands);
    else if (op == "gs")
      m_wanted.graphics = operands.join(' ');
    else
      return setLine(op, operands);
    return true;
  }

  bool setLine(const QByteArray& op, const QList<QByteArray>& operands) {
    const auto found = std::find(kLineOperators.begin(), kLineOperators.end(), op);
    if (found == kLineOperators.end()) return false;
    const auto part = static_cast<LinePart>(found - kLineOperators.begin());
    // Each pen begins with its width.
    if (part == Width) m_wanted.opacity = 255, m_isMarked = false;
    if (part == Limit && operands.value(0).toDouble() >= kOpacityMark) {
      m_wanted.opacity = static_cast<int>(std::lround(operands[0].toDouble() - kOpacityMark));
      m_isMarked = true;
      return true;
    }
    m_wanted.line[part] = part == Width                ? rounded(operands.value(0), 4)
                          : part == Join && m_isMarked ? QByteArray("1")
                                                       : operands.join(' ');
    return true;
  }

  static QByteArray colour(const QList<QByteArray>& operands) {
    QByteArray text;
    for (const QByteArray& operand : operands)
      text += (operand.startsWith('/') ? operand : rounded(operand, kColourDecimals)) + ' ';
    text.chop(1);
    return text;
  }

  bool addToPath(const QByteArray& op, const QList<QByteArray>& operands) {
    if (op != "m" && op != "l" && op != "c" && op != "re" && op != "h") return false;
    const int decimals =
        std::max(0, static_cast<int>(std::ceil(std::log10(0.5 * m_wanted.scale / kPrecision))));
    QByteArray text;
    for (const QByteArray& operand : operands) text += rounded(operand, decimals) + ' ';
    if (op == "m") m_start = text;
    // What closes a path draws the line back to its start by itself.
    if (op == "h" && m_lastOperator == "l" && m_lastPoint == m_start) m_path.chop(m_lastPoint.size() + 2);
    // A dot is a line that is as good as a point, and nothing at all where it is no line.
    if (op == "l" && text == m_lastPoint && operands != m_lastOperands) text = operands.join(' ') + ' ';
    m_lastPoint = text;
    m_lastOperands = operands;
    m_lastOperator = op;
    m_path += text + op + '\n';
    return true;
  }

  void clip(const QByteArray& op) {
    m_path += op + '\n';
    if (op == "n") m_out += std::exchange(m_path, {});
  }

  void paint(const QByteArray& op, bool fills, bool strokes) {
    const bool isTranslucent = strokes && m_wanted.opacity != 255;
    if (fills && isTranslucent) {
      // Together they would be one shape, the stroke in the fill's place; it is to lie upon the fill.
      const QByteArray path = m_path;
      paint(op == "B" ? "f" : "f*", true, false);
      m_path = path;
      return paint("S", false, true);
    }
    const qsizetype before = m_out.size();
    emitState(fills, strokes);
    if (op == "S" && !isTranslucent && m_out.size() == before && m_out.endsWith("\nS\n")) m_out.chop(2);
    m_out += std::exchange(m_path, {}) + op + '\n';
  }

  void emitState(bool fills, bool strokes) {
    if (m_there.graphics != m_wanted.graphics) {
      m_out += m_wanted.graphics + " gs\n";
      m_there.graphics = m_wanted.graphics;
      m_there.opacity = kUnknown;
    }
    if (fills)
      emitColour(m_wanted.fillSpace, m_wanted.fill, m_there.fillSpace, m_there.fill, " cs ", " scn\n");
    if (!strokes) return;
    emitColour(m_wanted.strokeSpace, m_wanted.stroke, m_there.strokeSpace, m_there.stroke, " CS ", " SCN\n");
    for (std::size_t part = 0; part < kLineOperators.size(); ++part) {
      if (m_there.line[part] == m_wanted.line[part]) continue;
      m_out += m_wanted.line[part] + ' ' + kLineOperators[part] + '\n';
      m_there.line[part] = m_wanted.line[part];
    }
    if (m_there.opacity == m_wanted.opacity) return;
    m_out += opacityName(m_wanted.opacity) + " gs\n";
    m_opacities.insert(m_wanted.opacity);
    m_there.opacity = m_wanted.opacity;
  }

  void emitColour(const QByteArray& wantedSpace, const QByteArray& wanted, QByteArray& space,
                  QByteArray& there, const char* setSpace, const char* set) {
    if (wantedSpace != space) {
      m_out += wantedSpace + setSpace;
      space = wantedSpace;
      there.clear();
    }
    if (wanted == there) return;
    m_out += wanted + set;
    there = wanted;
  }

  QByteArray m_out, m_path, m_start, m_lastPoint, m_lastOperator;
  QList<QByteArray> m_lastOperands;
  State m_wanted, m_there;  ///< what the page asks for, and what has been written of it
  std::vector<std::pair<State, State>> m_stack;
  bool m_isMarked = false;
  std::set<int> m_opacities;
};

}  // namespace

QByteArray opacityName(int opacity) {
  return "/Stroke" + QByteArray::number(opacity);
}

PdfContent compactContent(const QByteArray& content) {
  return Compactor().run(content);
}

}  // namespace monge::views
