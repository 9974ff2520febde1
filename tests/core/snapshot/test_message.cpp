// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cstring>
#include <limits>
#include <random>

#include "core/base/error.h"
#include "core/snapshot/message.h"

using namespace monge;

namespace {

/// The frame of a header and a payload as they are, right or wrong.
std::string frame(const std::string& header, const std::string& payload = "") {
  const auto headerSize = static_cast<std::uint32_t>(header.size());
  const std::uint64_t payloadSize = payload.size();
  std::string bytes = "MNG1";
  bytes.append(reinterpret_cast<const char*>(&headerSize), 4);
  bytes.append(reinterpret_cast<const char*>(&payloadSize), 8);
  return bytes + header + payload;
}

/// The sentence of the Error that decoding gives, or "" when there is none.
std::string complaint(const std::string& bytes, MessageLimits limits = {}) {
  try {
    decode(bytes, "link", limits);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

Message sample() {
  Message message("sample");
  message.fields = {{"text", "Grün"}, {"seed", 18446744073709551615ull}, {"rate", 0.1}};
  message.add("floats", RowsF{{1, 2, 3}, {4, 5, std::numeric_limits<float>::quiet_NaN()}});
  message.add("doubles", RowsD{{-0.0}, {1e300}});
  message.add("empty", RowsF(0, 7));
  message.add("f", std::vector<float>{0.5f, -1});
  message.add("d", std::vector<double>{0.1, std::numeric_limits<double>::infinity()});
  message.add("i", std::vector<int>{-1, 2147483647, 3});
  message.add("w", std::vector<std::uint64_t>{0, 18446744073709551615ull});
  message.add("bytes", std::string_view("a\0b", 3));
  return message;
}

bool sameBits(const Message& a, const Message& b) {
  if (a.type != b.type || a.fields != b.fields || a.arrays.size() != b.arrays.size()) return false;
  for (std::size_t i = 0; i < a.arrays.size(); ++i) {
    const NamedArray &x = a.arrays[i], &y = b.arrays[i];
    if (x.name != y.name || x.dtype != y.dtype || x.shape != y.shape || x.bytes != y.bytes) return false;
  }
  return true;
}

/// A header with one array entry whose five values are given as JSON text.
std::string oneArray(const std::string& dtype, const std::string& shape, const std::string& offset,
                     const std::string& bytes, std::size_t payload) {
  return frame(R"({"type":"t","fields":{},"arrays":[{"name":"a","dtype":)" + dtype + R"(,"shape":)" + shape +
                   R"(,"offset":)" + offset + R"(,"bytes":)" + bytes + "}]}",
               std::string(payload, '\0'));
}

}  // namespace

class TestMessage : public QObject {
  Q_OBJECT

 private slots:
  void roundTripKeepsEveryBit() {
    const Message message = sample();
    const Message back = decode(encode(message), "link");
    QVERIFY(sameBits(message, back));
    QCOMPARE(back.rowsF("floats")(1, 1), 5.0f);
    QVERIFY(std::isnan(back.rowsF("floats")(1, 2)));
    QVERIFY(std::signbit(back.rowsD("doubles")(0, 0)));
    QCOMPARE(back.rowsF("empty").cols(), 7);
    QCOMPARE(back.floats("f"), (std::vector<float>{0.5f, -1}));
    QVERIFY(std::isinf(back.doubles("d")[1]));
    QCOMPARE(back.ints("i"), (std::vector<int>{-1, 2147483647, 3}));
    QCOMPARE(back.words("w")[1], 18446744073709551615ull);
    QCOMPARE(back.text("bytes"), std::string("a\0b", 3));
    QVERIFY(back.has("w") && !back.has("v"));
  }

  void arraysAreAlignedAndTheFrameIsAsDocumented() {
    const std::string bytes = encode(sample());
    QCOMPARE(bytes.substr(0, 4), std::string("MNG1"));
    std::uint32_t header = 0;
    std::uint64_t payload = 0;
    std::memcpy(&header, bytes.data() + 4, 4);
    std::memcpy(&payload, bytes.data() + 8, 8);
    QCOMPARE(bytes.size(), std::size_t{16} + header + payload);
    QCOMPARE(header % 8, 0u);
    const auto document = nlohmann::json::parse(bytes.substr(16, header));
    QCOMPARE(document["arrays"].size(), std::size_t{8});
    for (const auto& entry : document["arrays"]) QCOMPARE(entry["offset"].get<int>() % 8, 0);
  }

  void textInAnotherEncodingIsShownRatherThanRefused() {
    Message message("log");
    message.fields["line"] = "caf\xe9";
    QCOMPARE(QString::fromStdString(decode(encode(message), "link").fields["line"].get<std::string>()),
             QString("caf\xEF\xBF\xBD"));
  }

  void wrongTypeRankOrNameOfAnArrayIsNamed() {
    const Message message = sample();
    QVERIFY_EXCEPTION_THROWN(message.rowsF("doubles"), Error);
    QVERIFY_EXCEPTION_THROWN(message.rowsF("f"), Error);
    QVERIFY_EXCEPTION_THROWN(message.floats("floats"), Error);
    try {
      message.ints("nothing");
      QFAIL("a missing array was found");
    } catch (const Error& error) {
      QCOMPARE(error.what(), "sample: no array nothing; expected one of i32");
    }
  }

  void bytewiseFeedingGivesTheSameMessages() {
    const std::string bytes = encode(sample()) + encode(Message("second")) + encode(sample());
    MessageReader reader;
    std::vector<Message> messages;
    for (const char byte : bytes) {
      reader.feed({&byte, 1});
      while (auto message = reader.next()) messages.push_back(std::move(*message));
    }
    QCOMPARE(messages.size(), std::size_t{3});
    QVERIFY(sameBits(messages[0], sample()));
    QCOMPARE(messages[1].type, std::string("second"));
    QVERIFY(sameBits(messages[2], sample()));
  }

  void severalMessagesInOneFeedComeOneByOne() {
    MessageReader reader;
    reader.feed(encode(Message("one")) + encode(Message("two")) + "MN");
    QCOMPARE(reader.next()->type, std::string("one"));
    QCOMPARE(reader.next()->type, std::string("two"));
    QVERIFY(!reader.next());
    reader.feed(encode(Message("three")).substr(2));
    QCOMPARE(reader.next()->type, std::string("three"));
  }

  void readerRefusesNonsenseAtOnceAndForGood() {
    MessageReader reader;
    reader.feed("Seg");  // "Segmentation fault" on the wrong stream: known from the first byte
    QVERIFY_EXCEPTION_THROWN(reader.next(), Error);
    reader.feed(encode(Message("late")));
    QVERIFY_EXCEPTION_THROWN(reader.next(), Error);
  }

  void hugeClaimsAreRefusedFromThePrefixAlone() {
    std::string bytes = frame("{}");
    const std::uint64_t payload = 10ull << 30;
    std::memcpy(bytes.data() + 8, &payload, 8);
    MessageReader reader;
    reader.feed(std::string_view(bytes).substr(0, 16));
    QVERIFY_EXCEPTION_THROWN(reader.next(), Error);
    QCOMPARE(complaint(bytes),
             std::string("link: a payload of 10737418240 bytes; expected at most 2147483648"));
    QCOMPARE(complaint(frame("{}"), {1, 8}), std::string("link: a header of 2 bytes; expected at most 1"));
  }

  void everyTruncationIsAnError() {
    const std::string bytes = encode(sample());
    for (std::size_t size = 0; size < bytes.size(); ++size)
      QVERIFY2(!complaint(bytes.substr(0, size)).empty(), std::to_string(size).c_str());
    QVERIFY(!complaint(bytes + "x").empty());
  }

  void wrongHeadersAreErrors_data() {
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char* name, const std::string& bytes) {
      QTest::newRow(name) << QByteArray::fromStdString(bytes);
    };
    row("magic", "PNG1" + std::string(12, '\0'));
    row("no json", frame("hello"));
    row("a list", frame("[]"));
    row("no arrays", frame(R"({"type":"t","fields":{}})"));
    row("a fourth key", frame(R"({"type":"t","fields":{},"arrays":[],"x":1})"));
    row("type is a number", frame(R"({"type":1,"fields":{},"arrays":[]})"));
    row("fields is a list", frame(R"({"type":"t","fields":[],"arrays":[]})"));
    row("arrays is an object", frame(R"({"type":"t","fields":{},"arrays":{}})"));
    row("nested deeply", frame(std::string(100000, '[')));
    row("array entry is a number", frame(R"({"type":"t","fields":{},"arrays":[1]})"));
    row("unknown dtype", oneArray("\"f16\"", "[1]", "0", "2", 8));
    row("dtype is a number", oneArray("1", "[1]", "0", "4", 8));
    row("rank 0", oneArray("\"f32\"", "[]", "0", "4", 8));
    row("rank 9", oneArray("\"f32\"", "[1,1,1,1,1,1,1,1,1]", "0", "4", 8));
    row("negative extent", oneArray("\"f32\"", "[-1]", "0", "4", 8));
    row("fractional extent", oneArray("\"f32\"", "[1.5]", "0", "4", 8));
    row("extents overflow", oneArray("\"f32\"", "[2147483647,2147483647,2147483647]", "0", "4", 8));
    row("extent of an empty array", oneArray("\"f32\"", "[0,9223372036854775807]", "0", "0", 8));
    row("bytes differ from shape", oneArray("\"f32\"", "[2]", "0", "4", 8));
    row("unaligned", oneArray("\"f32\"", "[1]", "4", "4", 8));
    row("outside", oneArray("\"f32\"", "[1]", "8", "4", 8));
    row("offset overflows", oneArray("\"f32\"", "[1]", "18446744073709551608", "4", 8));
    row("longer than the payload", oneArray("\"f32\"", "[4]", "0", "16", 8));
    row("overlap", frame(R"({"type":"t","fields":{},"arrays":[
      {"name":"a","dtype":"f64","shape":[2],"offset":0,"bytes":16},
      {"name":"b","dtype":"f64","shape":[2],"offset":8,"bytes":16}]})",
                         std::string(24, '\0')));
    row("one name twice", frame(R"({"type":"t","fields":{},"arrays":[
      {"name":"a","dtype":"u8","shape":[1],"offset":0,"bytes":1},
      {"name":"a","dtype":"u8","shape":[1],"offset":8,"bytes":1}]})",
                                std::string(16, '\0')));
  }
  void wrongHeadersAreErrors() {
    QFETCH(QByteArray, bytes);
    const std::string words = complaint(bytes.toStdString());
    QVERIFY2(words.starts_with("link"), words.c_str());
    QVERIFY2(words.size() < 400, words.c_str());
  }

  void mutatedBytesGiveAMessageOrAnErrorAndNothingElse() {
    const std::string bytes = encode(sample());
    int refused = 0;
    for (unsigned seed = 0; seed < 2000; ++seed) {
      std::mt19937 random(seed);
      std::string mutant = bytes;
      for (unsigned flips = 1 + random() % 4; flips > 0; --flips)
        mutant[random() % mutant.size()] = static_cast<char>(random());
      if (!complaint(mutant).empty()) {
        ++refused;
        continue;
      }
      const Message message =
          decode(mutant, "link");  // whatever it says now, its arrays are as long as they claim
      for (const NamedArray& array : message.arrays) {
        std::size_t count = sizeOf(array.dtype);
        for (const std::int64_t extent : array.shape) count *= static_cast<std::size_t>(extent);
        QCOMPARE(array.bytes.size(), count);
      }
    }
    QVERIFY(refused > 1000);  // two thirds of the bytes are header
  }

  /// Two seconds of the window's traffic. A reader that moves its buffer at every feed takes minutes, longer
  /// than a test may run.
  void aStreamOfLargeSnapshotsIsRead() {
    Message message("snapshot");
    message.add("values", std::vector<float>(500'000, 0.25f));  // 2 MB
    const std::string bytes = encode(message);
    MessageReader reader;
    int received = 0;
    for (int i = 0; i < 60; ++i) {
      for (std::size_t at = 0; at < bytes.size(); at += 4096) {
        reader.feed(std::string_view(bytes).substr(at, 4096));
        while (reader.next()) ++received;
      }
    }
    QCOMPARE(received, 60);
  }
};

QTEST_APPLESS_MAIN(TestMessage)
#include "test_message.moc"
