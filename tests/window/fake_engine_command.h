// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QString>
#include <QVector>

/// Command that starts tests/window/fake_engine.cpp; its options are described there.
inline QString fakeEngine(const QString& options = {}) {
  return QStringLiteral("\"%1\" %2").arg(QStringLiteral(MONGE_FAKE_ENGINE), options);
}

/// What the fake engine received, in order, without the link's own traffic.
inline QVector<QJsonObject> received(const QString& recordFile) {
  QVector<QJsonObject> messages;
  QFile file(recordFile);
  if (!file.open(QIODevice::ReadOnly)) return messages;
  const QStringList traffic = {"hello", "ack", "ping", "layers", "speed"};
  for (const QByteArray& line : file.readAll().split('\n')) {
    const QJsonObject message = QJsonDocument::fromJson(line).object();
    if (!message.isEmpty() && !traffic.contains(message["type"].toString())) messages << message;
  }
  return messages;
}

inline QStringList receivedTypes(const QString& recordFile) {
  QStringList types;
  for (const QJsonObject& message : received(recordFile)) types << message["type"].toString();
  return types;
}

/// A field of a received message.
inline QJsonValue sent(const QJsonObject& message, const char* field) {
  return message[QLatin1String("fields")].toObject().value(QLatin1String(field));
}
