// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/edits.h"

#include <QCoreApplication>

#include "app/window/session.h"

namespace monge {

namespace {
QString words(const char* text) {
  return QCoreApplication::translate("Edits", text);
}
}  // namespace

SetParameterEdit::SetParameterEdit(Session& session, QString key, nlohmann::json before, nlohmann::json after,
                                   bool continues)
    : m_session(session),
      m_key(std::move(key)),
      m_before(std::move(before)),
      m_after(std::move(after)),
      m_continues(continues) {
  const ParameterSpec* spec = method(session.experiment().method).find(m_key.toStdString());
  setText(words("change of %1").arg(spec ? QString::fromStdString(spec->label).toLower() : m_key));
}
void SetParameterEdit::undo() {
  m_session.sendParameter(m_key, m_before);
}
void SetParameterEdit::redo() {
  m_session.sendParameter(m_key, m_after);
}

bool SetParameterEdit::mergeWith(const QUndoCommand* next) {
  const auto* other = dynamic_cast<const SetParameterEdit*>(next);
  if (!other || !other->m_continues || other->m_key != m_key) return false;
  m_after = other->m_after;
  return true;
}

MassEdit::MassEdit(Session& session, int id, double before, double after)
    : m_session(session), m_id(id), m_before(before), m_after(after) {
  setText(words("change of the mass of cell %1").arg(id + 1));
}
void MassEdit::undo() {
  m_session.sendMass(m_id, m_before);
}
void MassEdit::redo() {
  m_session.sendMass(m_id, m_after);
}

MoveEdit::MoveEdit(Session& session, int id, QPointF from, QPointF to)
    : m_session(session), m_id(id), m_from(from), m_to(to) {
  setText(words("move of prototype %1").arg(id + 1));
}
void MoveEdit::undo() {
  m_session.sendMove(m_id, m_from);
}
void MoveEdit::redo() {
  m_session.sendMove(m_id, m_to);
}

AddEdit::AddEdit(Session& session, QPointF position)
    : m_session(session), m_position(position), m_id(std::make_shared<int>(-1)) {
  setText(words("new prototype"));
}
void AddEdit::undo() {
  if (*m_id >= 0) m_session.sendDelete(*m_id);
}
void AddEdit::redo() {
  // The second time the generator comes back as it was, networks and all.
  if (*m_id >= 0) return m_session.sendRestore(*m_id);
  m_session.sendAdd(m_position, [id = m_id](int named) { *id = named; });
}

DeleteEdit::DeleteEdit(Session& session, int id) : m_session(session), m_id(id) {
  setText(words("removal of prototype %1").arg(id + 1));
}
void DeleteEdit::undo() {
  m_session.sendRestore(m_id);
}
void DeleteEdit::redo() {
  m_session.sendDelete(m_id);
}

}  // namespace monge
