// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/pdf_file.h"

#include <QList>
#include <QtEndian>
#include <algorithm>
#include <map>

#include "core/base/error.h"
#include "views/pdf_content.h"

namespace monge::views {
namespace {

[[noreturn]] void refuse(const char* what) {
  throw Error::failed("figure", std::string("this Qt lays PDF out in a way that is not known here: ") + what);
}

/// A PDF as its numbered objects (ISO 32000-1, 7.5), each from its number to endobj.
class PdfFile {
 public:
  explicit PdfFile(const QByteArray& pdf) {
    const qsizetype mark = pdf.lastIndexOf("startxref");
    const qsizetype table = mark < 0 ? -1 : pdf.mid(mark + 9).simplified().split(' ').value(0).toLongLong();
    const qsizetype trailer = pdf.indexOf("trailer", std::max<qsizetype>(table, 0));
    if (table <= 0 || trailer < 0 || pdf.mid(table, 4) != "xref") refuse("no table");
    m_trailer = pdf.mid(trailer, mark - trailer);
    const QList<QByteArray> words = pdf.mid(table + 4, trailer - table - 4).simplified().split(' ');
    std::map<qsizetype, qsizetype> numbers;  // by where they begin
    for (qsizetype at = 2; at + 2 < words.size(); at += 3)
      if (words[at + 2] == "n") numbers[words[at].toLongLong()] = (at - 2) / 3;
    if (numbers.empty() || words[0] != "0") refuse("no objects");
    m_count = words[1].toLongLong();
    m_head = pdf.left(numbers.begin()->first);
    for (auto object = numbers.begin(); object != numbers.end(); ++object) {
      const auto next = std::next(object);
      m_objects.push_back(
          {object->second,
           pdf.mid(object->first, (next == numbers.end() ? table : next->first) - object->first)});
    }
  }

  QByteArray& object(qsizetype number) {
    for (auto& [own, bytes] : m_objects)
      if (own == number) return bytes;
    refuse("no such object");
  }

  QByteArray& objectWith(const QByteArray& words) {
    for (auto& [own, bytes] : m_objects)
      if (bytes.contains(words)) return bytes;
    refuse(words.constData());
  }

  /// The object that "/Key 12 0 R" names.
  QByteArray& referenced(const QByteArray& object, const QByteArray& key) {
    const qsizetype at = object.indexOf(key + ' ');
    if (at < 0) refuse(key.constData());
    return this->object(object.mid(at + key.size() + 1, 20).split(' ').value(0).toLongLong());
  }

  QByteArray bytes() const {
    QByteArray pdf = m_head;
    std::vector<QByteArray> lines(static_cast<std::size_t>(m_count), "0000000000 65535 f \n");
    for (const auto& [number, object] : m_objects) {
      lines[static_cast<std::size_t>(number)] =
          QByteArray::number(pdf.size()).rightJustified(10, '0') + " 00000 n \n";
      pdf += object;
    }
    const qsizetype table = pdf.size();
    pdf += "xref\n0 " + QByteArray::number(m_count) + '\n';
    for (const QByteArray& line : lines) pdf += line;
    return pdf + m_trailer + "startxref\n" + QByteArray::number(table) + "\n%%EOF\n";
  }

 private:
  QByteArray m_head, m_trailer;
  qsizetype m_count = 0;
  std::vector<std::pair<qsizetype, QByteArray>> m_objects;
};

/// Where the bytes of a stream lie in its object.
struct Stream {
  qsizetype begin = 0, size = 0;
};

Stream streamOf(const QByteArray& object) {
  const qsizetype begin = object.indexOf("stream\n") + 7, end = object.lastIndexOf("\nendstream");
  if (begin < 7 || end < begin) refuse("no stream");
  return {begin, end - begin};
}

QByteArray inflated(const QByteArray& object) {
  const Stream stream = streamOf(object);
  const QByteArray bytes = object.mid(stream.begin, stream.size);
  if (!object.left(stream.begin).contains("/FlateDecode")) return bytes;
  QByteArray packed(4, '\0');  // zlib's own stream does not say how much it holds; this grows as needed
  qToBigEndian(static_cast<quint32>(bytes.size()), packed.data());
  const QByteArray content = qUncompress(packed + bytes);
  if (content.isEmpty()) refuse("no content");
  return content;
}

void setContent(PdfFile& file, const QByteArray& page, const QByteArray& content) {
  QByteArray& object = file.referenced(page, "/Contents");
  QByteArray& length = file.referenced(object, "/Length");
  const QByteArray packed = qCompress(content, 9).mid(4);
  const QByteArray number = object.left(object.indexOf("<<"));
  const qsizetype at = object.indexOf("/Length ");
  const QByteArray reference = object.mid(at, object.indexOf('R', at) + 1 - at);
  object =
      number + "<<\n" + reference + "\n/Filter /FlateDecode\n>>\nstream\n" + packed + "\nendstream\nendobj\n";
  length = length.left(length.indexOf("obj") + 4) + QByteArray::number(packed.size()) + "\nendobj\n";
}

void setPageBox(QByteArray& page, const QSizeF& points) {
  const qsizetype start = page.indexOf("/MediaBox ["), end = page.indexOf(']', std::max<qsizetype>(start, 0));
  const QList<QByteArray> corners = page.mid(start + 11, end - start - 11).simplified().split(' ');
  if (start < 0 || corners.size() != 4) refuse("/MediaBox");
  // The drawing hangs from the top edge, where the writer put it.
  const double top = corners[3].toDouble();
  page.replace(start, end + 1 - start,
               "/MediaBox [0 " + QByteArray::number(top - points.height(), 'f', 4) + ' ' +
                   QByteArray::number(points.width(), 'f', 4) + ' ' + QByteArray::number(top, 'f', 4) + ']');
}

void addOpacities(QByteArray& resources, const std::set<int>& opacities) {
  QByteArray states;
  for (const int opacity : opacities)
    states += '\n' + opacityName(opacity) + " << /CA " + QByteArray::number(opacity / 255.0, 'f', 4) + " >>";
  const QByteArray place = "/ExtGState <<";
  const qsizetype at = resources.indexOf(place);
  if (at < 0) refuse(place.constData());
  resources.insert(at + place.size(), states);
}

}  // namespace

QByteArray finishedPdf(const QByteArray& pdf, const QSizeF& points) {
  PdfFile file(pdf);
  QByteArray& page = file.objectWith("/Type /Page\n");
  setPageBox(page, points);
  const PdfContent content = compactContent(inflated(file.referenced(page, "/Contents")));
  addOpacities(file.referenced(page, "/Resources"), content.opacities);
  setContent(file, page, content.text);
  return file.bytes();
}

}  // namespace monge::views
