"""The duty-room page: one screen that follows a participant's gateway.

`desk` keeps the newest of what the gateway delivers, `views` turn it into what a browser shows (plain
values, in one language), `board` knows what of that is new to whom, `app` serves it. Text that people
wrote leaves here as text and is never made markup.
"""
