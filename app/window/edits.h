// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QUndoCommand>
#include <memory>
#include <nlohmann/json.hpp>

namespace monge {

class Session;

/// Edits of a running experiment as entries of the undo stack. Each tells the engine; the views follow with
/// the next snapshot.
class SetParameterEdit : public QUndoCommand {
 public:
  /// @param continues  the hand that made the change before it, of the same parameter, is still at it
  SetParameterEdit(Session& session, QString key, nlohmann::json before, nlohmann::json after,
                   bool continues);
  void undo() override;
  void redo() override;
  int id() const override { return 1; }
  bool mergeWith(const QUndoCommand* next) override;

 private:
  Session& m_session;
  QString m_key;
  nlohmann::json m_before, m_after;
  bool m_continues;
};

/// The share of the data that a cell is to hold; the others keep their proportions, so that going back to the
/// share before brings all of them back.
class MassEdit : public QUndoCommand {
 public:
  MassEdit(Session& session, int id, double before, double after);
  void undo() override;
  void redo() override;

 private:
  Session& m_session;
  int m_id;
  double m_before, m_after;
};

class MoveEdit : public QUndoCommand {
 public:
  MoveEdit(Session& session, int id, QPointF from, QPointF to);
  void undo() override;
  void redo() override;

 private:
  Session& m_session;
  int m_id;
  QPointF m_from, m_to;
};

class AddEdit : public QUndoCommand {
 public:
  AddEdit(Session& session, QPointF position);
  void undo() override;
  void redo() override;

 private:
  Session& m_session;
  QPointF m_position;
  std::shared_ptr<int> m_id;  ///< -1 until the engine has named it; shared with the answer's slot
};

class DeleteEdit : public QUndoCommand {
 public:
  DeleteEdit(Session& session, int id);
  void undo() override;
  void redo() override;

 private:
  Session& m_session;
  int m_id;
};

}  // namespace monge
