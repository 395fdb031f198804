"""The situation report (突发事件信息 首报、续报): a draft for people, each number traceable to messages."""
